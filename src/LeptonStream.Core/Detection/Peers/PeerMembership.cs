using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Detection.Peers;

/// <summary>The place of one series among its siblings, given by <see cref="PeerRegistry.Join"/>.</summary>
public sealed class PeerMembership
{
    internal PeerMembership(SeriesKey key, Place[] places) => (Key, Places) = (key, places);

    /// <summary>The series.</summary>
    public SeriesKey Key { get; }

    internal Place[] Places { get; }

    /// <summary>How the series stood in the last finished comparison, in the group where it stands out most. Allocates nothing.</summary>
    public PeerVerdict Verdict
    {
        get
        {
            var verdict = PeerVerdict.None;
            foreach (var (group, member) in Places)
            {
                var here = group.VerdictOn(member);
                if (verdict.Label is null || Math.Abs(here.Score) > Math.Abs(verdict.Score)) verdict = here;
            }

            return verdict;
        }
    }

    /// <summary>Takes the newest value of the series and returns its <see cref="Verdict"/>. Allocates nothing.</summary>
    /// <param name="value">The value, in the metric's unit; what is no finite number is left out and has no verdict.</param>
    public PeerVerdict Observe(double value)
    {
        if (!double.IsFinite(value)) return PeerVerdict.None;
        foreach (var (group, member) in Places) group.Take(member, value);
        return Verdict;
    }

    /// <summary>Whether its usual distance from the others stands as it is, since an alert about it is open.</summary>
    internal void Hold(bool isHeld)
    {
        foreach (var (_, member) in Places) member.State.IsHeld = isHeld;
    }

    /// <summary>Writes everything a bit-equal copy needs, but what a group shares: <see cref="PeerRegistry"/> writes that once.</summary>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Write(Places.Length);
        foreach (var (_, member) in Places) member.Save(state);
    }

    /// <summary>Reads what <see cref="Save"/> wrote on a membership of the same series.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such membership.</exception>
    public void Load(ref StateReader state)
    {
        if (state.ReadCount(Places.Length) != Places.Length) throw new SnapshotCorruptException("a membership of other labels");
        foreach (var (_, member) in Places) member.Load(ref state);
    }

    internal readonly record struct Place(PeerGroup Group, PeerMember Member);
}
