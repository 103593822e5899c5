using LeptonStream.Alerts;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Gaps;

/// <summary>
/// The alert of a partition's last gap: open until as much of the log is known as full confidence takes, by the clock of the log.
/// </summary>
internal sealed class GapWatch
{
    private StateGap? _gap;
    private Timestamp _began = Timestamp.Never;

    /// <summary>The gap whose alert is open; null where there is none.</summary>
    public StateGap? Open => _gap;

    /// <summary>
    /// Appends an event that opens the alert of a gap, and one that ends each alert that is open for others. Where the state is kept, the
    /// gap's alert is over at once.
    /// </summary>
    /// <param name="gap">The gap.</param>
    /// <param name="position">Where it is: the events are of that record.</param>
    /// <param name="topicId">The topic's id.</param>
    /// <param name="open">The last event of each alert that the alerts topic shows as open.</param>
    /// <param name="events">Takes the events, in order.</param>
    public void Tell(
        StateGap gap, RecordPosition position, UInt128 topicId, IReadOnlyCollection<AlertEvent> open, List<AlertEvent> events)
    {
        // No record leads to these events, so its limit does not hold.
        var own = new EventQueue(2);
        var sink = new EventSink(position, topicId, own);
        sink.Add(GapEvents.Of(sink, gap, AlertChange.Opened, gap.At));
        if (gap.LosesState) (_gap, _began) = (gap, Timestamp.Never);
        else sink.Add(GapEvents.Of(sink, gap, AlertChange.Recovered, gap.At));
        var before = events.Count;
        own.Release(events);
        // A worker that ended before its first snapshot has told of the gap already.
        var id = events[before].AlertId;
        if (open.Any(alert => alert.AlertId == id)) events.RemoveAt(before);
        foreach (var last in open)
            if (last.AlertId != id) events.Add(AlertEventSize.Fit(GapEvents.Supersede(sink, last, gap.At)));
    }

    /// <summary>Sets the clock back.</summary>
    public void SetBack(Timestamp to) => _began = Timestamp.Earlier(_began, to);

    /// <summary>Moves the clock on to a record's log time.</summary>
    public void Advance(Timestamp now, in EventSink sink)
    {
        if (_gap is not { } gap) return;
        if (_began.IsNever) _began = now;
        if (now - _began < StateGap.WarmAfter) return;
        sink.Add(GapEvents.Of(sink, gap, AlertChange.Recovered, Timestamp.Later(now, gap.At)));
        _gap = null;
    }

    /// <summary>Writes the open alert.</summary>
    public void Save(StateWriter state)
    {
        state.Write(_gap is not null);
        if (_gap is not { } gap) return;
        state.Write((int)gap.Cause);
        state.Write(gap.From);
        state.Write(gap.To);
        state.Write(gap.At.UnixNanoseconds);
        state.Write(gap.Detail);
        state.Write(_began.UnixNanoseconds);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The snapshot ends here, or tells of a gap that can't be.</exception>
    public void Load(ref StateReader state)
    {
        _gap = null;
        if (!state.ReadBoolean()) return;
        // A cause that this program does not know keeps its number, which is part of the alert's id.
        var cause = (StateGapCause)state.ReadCount(int.MaxValue);
        _gap = new(cause, state.ReadInt64(), state.ReadInt64(), new(state.ReadInt64()), state.ReadName());
        _began = new(state.ReadInt64());
    }
}
