using System.Runtime.InteropServices;
using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.EarlyWarning;
using LeptonStream.Detection.Habits;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Snapshots;
using LeptonStream.State;

namespace LeptonStream.Detection.Store;

/// <content>A series in a snapshot.</content>
public sealed partial class SeriesState
{
    /// <summary>Writes everything a bit-equal copy needs, but the id, the key and the policy.</summary>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Write(FirstTime.UnixNanoseconds);
        state.Write(LastTime.UnixNanoseconds);
        state.Write(IntervalSeconds);
        Alert.Save(state);
        state.WriteBlock(Memory.Span);
        state.Write(Heard.UnixNanoseconds);
        var rare = _rare ?? RareState.Nothing;
        state.WriteBlock(MemoryMarshal.AsBytes(new ReadOnlySpan<NonFiniteHabit>(in rare.NonFinite)));
        state.WriteBlock(MemoryMarshal.AsBytes(new ReadOnlySpan<LostReadings>(in rare.Blanks)));
        _onset.Save(state);
        state.Write(OpenedBy is null ? 0 : 1 + DetectorSet.NumberOf(OpenedBy));
        state.Write(Baseline is not null);
        Baseline?.Save(state);
        Counter?.Save(state);
        Code?.Save(state);
        state.Write(Limit is not null);
        Limit?.SaveWhole(state);
        state.Write(Peers is not null);
        Peers?.Save(state);
        state.Write(rare.Bursts is not null);
        rare.Bursts?.Save(state);
        Weight?.Save(state);
        Progress?.Save(state);
        state.Write(rare.Fault is not null);
        rare.Fault?.Save(state);
    }

    /// <summary>Reads what <see cref="Save"/> wrote on a series of the same policy, which has its membership among its siblings.</summary>
    /// <param name="state">The bytes.</param>
    /// <param name="numbers">The way of its numbers from the layout that was written; null where it is this program's own.</param>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    internal void Load(ref StateReader state, StructMove? numbers = null)
    {
        FirstTime = new(state.ReadInt64());
        LastTime = new(state.ReadInt64());
        IntervalSeconds = state.ReadDouble();
        Alert.Load(ref state);
        state.ReadBlock(Memory.Span, numbers);
        Heard = new(state.ReadInt64());
        var rare = new RareState();
        state.ReadBlock(ref rare.NonFinite);
        state.ReadBlock(ref rare.Blanks);
        Pipeline.LoadOnset(this, ref state);
        rare.OpenedBy = ReadOpener(ref state);
        rare.Baseline = state.ReadBoolean() ? FrozenBaseline.Load(ref state) : null;
        Counter?.Load(ref state);
        Code?.Load(ref state);
        Limit = state.ReadBoolean() ? LimitWatch.LoadWhole(ref state) : null;
        if (state.ReadBoolean() != Peers is not null)
            throw new SnapshotCorruptException("a series whose siblings are asked, or are not, against its policy");
        Peers?.Load(ref state);
        if (!state.IsBefore(StateLayout.HabitsSince) && state.ReadBoolean()) rare.Bursts = BurstBook.Load(ref state);
        Weight?.Load(ref state);
        Progress?.Load(ref state);
        if (!state.IsBefore(StateLayout.FaultsSince) && state.ReadBoolean()) rare.Fault = KnownFault.Load(ref state);
        _rare = rare.IsNothing ? null : rare;
    }

    // Null also for one that is no more.
    private static string? ReadOpener(ref StateReader state)
    {
        var openers = state.Migration?.Openers ?? DetectorSet.Openers;
        var number = state.ReadCount(openers.Length);
        return number > 0 && DetectorSet.Openers.Contains(openers[number - 1]) ? openers[number - 1] : null;
    }
}
