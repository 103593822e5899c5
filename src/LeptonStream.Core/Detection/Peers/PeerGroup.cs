using System.Runtime.InteropServices;
using LeptonStream.Detectors;
using LeptonStream.State;
using LeptonStream.Statistics;

namespace LeptonStream.Detection.Peers;

/// <summary>
/// Siblings that are compared in rounds: z = (x − o − M)/s, with o how far the member usually lies from the others, M the median of x − o
/// over all members and s the larger of their 1.4826 MAD now, its weighted mean over a hundred rounds, the member's own usual deviation and
/// a hundredth of the median. A round is over when a member is heard again that was heard in it, so values of one round belong together; a
/// change that all go through while a round lasts is in half of them only, which is why two rounds must agree. Members that were silent for
/// a whole round are left out.
/// </summary>
/// <remarks>Median and MAD as in B. Iglewicz and D. Hoaglin, How to Detect and Handle Outliers (1993).</remarks>
internal sealed class PeerGroup(UInt128 id, string label)
{
    private static readonly PeersTuning Tuning = PeersTuning.Default;

    // Of three, two agree by chance.
    private const int Min = 4;
    private static readonly int WarmUp = Tuning.WarmUp;
    private static readonly double OwnRate = 1 / Tuning.OwnMemory;
    private static readonly double UsualRate = 1 / Tuning.UsualMemory;

    // Habituation takes one comparison for so many scales at most: a fault is reported long before it is usual.
    private static readonly double Cut = Tuning.Cut;
    private static readonly double MinShare = Tuning.MinShare;

    // A member that speaks more often than the others doesn't hurry them, but when they are gone it must not wait without end.
    private const int MaxHeard = 8;

    private readonly List<PeerMember> _members = [];
    private double[] _sorted = [];
    private Numbers _numbers = Numbers.Fresh;

    /// <summary>A hash of what its members have in common.</summary>
    public UInt128 Id => id;

    /// <summary>The label by which its members differ.</summary>
    public string Label => label;

    public int Count => _members.Count;

    public PeerMember Join()
    {
        var member = new PeerMember();
        _members.Add(member);
        if (_sorted.Length < _members.Count) Array.Resize(ref _sorted, Math.Max(Min, 2 * _sorted.Length));
        return member;
    }

    public void Leave(PeerMember member) => _members.Remove(member);

    /// <summary>Takes a member's newest value; compares all where that begins a new round.</summary>
    public void Take(PeerMember member, double value)
    {
        ref var state = ref member.State;
        if (state.Round == _numbers.Round && (2 * _numbers.Heard >= _numbers.Present || state.Heard >= MaxHeard)) Compare();
        if (state.Round != _numbers.Round)
        {
            state.Round = _numbers.Round;
            state.Heard = 0;
            _numbers.Heard++;
        }

        state.Heard++;
        state.Value = value;
    }

    public PeerVerdict VerdictOn(PeerMember member)
    {
        ref var state = ref member.State;
        if (_numbers.Present < Min || state.Count <= WarmUp) return PeerVerdict.None;
        var score = state.Score;
        var isAnomalous = Math.Abs(score) >= PeerVerdict.AnomalousFrom && Math.Abs(score) >= _numbers.Farthest;
        return new(score, state.Compared, state.Expected, _numbers.Present - 1, label, isAnomalous);
    }

    public void Save(StateWriter state) => state.WriteBlock(MemoryMarshal.AsBytes(new ReadOnlySpan<Numbers>(in _numbers)));

    public void Load(ref StateReader state) => state.ReadBlock(ref _numbers);

    private void Compare()
    {
        var sorted = Adjusted(known: true);
        if (sorted.Length < Min) sorted = Adjusted(known: false);
        _numbers.Present = 0;
        foreach (var member in _members) _numbers.Present += IsHere(member) ? 1 : 0;
        _numbers.Farthest = 0;
        if (sorted.Length >= Min) Compare(sorted);
        else Forget();
        _numbers.Heard = 0;
        _numbers.Round++;
    }

    private void Compare(Span<double> sorted)
    {
        var median = Median.Of(sorted);
        foreach (ref var value in sorted) value = Math.Min(Math.Abs(value - median), double.MaxValue);
        var scale = Math.Min(MathConstants.MadToSigma * Median.Of(sorted), double.MaxValue);
        if (_numbers.Rounds < int.MaxValue) _numbers.Rounds++;
        var share = Math.Max(UsualRate, 1.0 / _numbers.Rounds);
        _numbers.UsualScale = ((1 - share) * _numbers.UsualScale) + (share * scale);
        scale = Math.Max(Math.Max(scale, _numbers.UsualScale), Math.Max(MinShare * Math.Abs(median), 1e-12));
        foreach (var member in _members)
        {
            // A value is compared once: else two rounds would agree on a single one of a member that speaks seldom.
            if (member.State.Round == _numbers.Round) Judge(ref member.State, median, scale);
            else if (!IsHere(member)) member.State.Last = member.State.Before = 0;
            _numbers.Farthest = Math.Max(_numbers.Farthest, Math.Abs(member.State.Score));
        }
    }

    private static void Judge(ref PeerMember.Numbers member, double median, double scale)
    {
        scale = Math.Max(scale, member.Own.Sigma);
        var distance = Math.Clamp(member.Value - median, -1e300, 1e300);
        member.Compared = member.Value;
        member.Expected = median + member.Own.Mean;
        member.Before = member.Last;
        member.Last = member.Count < WarmUp
            ? 0
            : Math.Clamp((distance - member.Own.Mean) / scale, -ScaledDifference.Max, ScaledDifference.Max);
        if (member.Count >= WarmUp) distance = Math.Clamp(distance, member.Own.Mean - (Cut * scale), member.Own.Mean + (Cut * scale));
        if (!member.IsHeld) member.Own.Learn(distance, OwnRate, member.Count);
        if (member.Count < int.MaxValue) member.Count++;
    }

    private void Forget()
    {
        foreach (var member in _members) member.State.Last = member.State.Before = 0;
    }

    private bool IsHere(PeerMember member) => member.State.Round >= Math.Max(1, _numbers.Round - 1);

    // The values of those that are here, less what they usually have more than the others; of one that was never compared that is not
    // known.
    private Span<double> Adjusted(bool known)
    {
        var count = 0;
        foreach (var member in _members)
        {
            ref var state = ref member.State;
            if (!IsHere(member) || (known && state.Count == 0)) continue;
            _sorted[count++] = Math.Clamp(state.Value - state.Own.Mean, -double.MaxValue, double.MaxValue);
        }

        return _sorted.AsSpan(0, count);
    }

    internal struct Numbers : IFreshState<Numbers>
    {
        /// <inheritdoc/>
        public static Numbers Fresh => new() { Round = 1 };

        /// <summary>The round under way, from 1.</summary>
        public long Round;

        /// <summary>Members heard in it.</summary>
        public int Heard;

        /// <summary>Members that took part in the last comparison.</summary>
        public int Present;

        /// <summary>Comparisons so far.</summary>
        public int Rounds;
        public double UsualScale;

        /// <summary>The largest score of the last comparison.</summary>
        public double Farthest;
    }
}
