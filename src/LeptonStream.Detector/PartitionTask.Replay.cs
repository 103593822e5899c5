using LeptonStream.Alerts;
using LeptonStream.Detection.Gaps;
using LeptonStream.Detector.Policies;
using LeptonStream.Detector.Snapshots;
using LeptonStream.Feedback;

namespace LeptonStream.Detector;

/// <content>What an owner before has judged already, and how many partitions its topic had.</content>
internal sealed partial class PartitionTask
{
    private Replay? _replay;

    /// <summary>Whether it judges records again that an owner before may have judged.</summary>
    public bool IsReplaying => _replay is not null;

    /// <summary>How many partitions the topic had when it was last asked; 0 where nobody knows.</summary>
    public int Partitions { get; private set; }

    /// <summary>
    /// Applies what the journal says of now, and looks whether everything was made again that an owner before can have made.
    /// </summary>
    /// <param name="hasMore">Whether records that were read still wait to be judged.</param>
    /// <param name="events">Takes the events that follow.</param>
    /// <returns>The replay, where it has just ended; else null.</returns>
    public Replay? EndReplay(bool hasMore, List<AlertEvent> events)
    {
        if (_replay is not { } replay) return null;
        var position = hasMore ? _read!.Value : Position;
        ApplyJournal(position, events);
        if (!replay.IsOver(position)) return null;
        _replay = null;
        return replay;
    }

    /// <summary>
    /// Takes the number of the topic's partitions. Where it has grown, producers may go on writing to another one. To be called when no
    /// replay is left, which may hold the same news.
    /// </summary>
    /// <param name="count">Number of partitions.</param>
    /// <param name="events">Takes the events that follow.</param>
    /// <returns>The journal's entry of it; null where there are no more than before.</returns>
    public JournalEntry? OnPartitions(int count, List<AlertEvent> events)
    {
        var isNews = Partitions > 0 && count > Partitions;
        Partitions = Math.Max(Partitions, count);
        if (!isNews) return null;
        var next = _read ?? 0;
        Move(next, events);
        return _book.Note(next) with { PartitionsAdded = true, Partitions = count };
    }

    private void ApplyJournal(long position, List<AlertEvent> events)
    {
        while (_replay!.TryTake(position, out var entry))
        {
            var before = events.Count;
            if (entry.Silence is { } silence) _pipeline!.Tick(_silence = new(silence), events);
            if (entry.PartitionsAdded is true)
            {
                // An entry without the number is of a version that did not write it.
                Partitions = entry.Partitions ?? 0;
                Move(entry.Next, events);
            }

            if (entry.Policies is { } text)
            {
                var written = PoliciesInForce.Of(text.Yaml);
                HasOwnPolicies = written is null;
                JudgeBy(written ?? _own);
            }

            if (entry.Verdict is { } heard)
            {
                // One that a later version knows changes nothing here.
                if (FeedbackEvent.Read(heard.Feedback) is { } feedback) Apply(feedback, heard.Offset, heard.IsNews, events);
                else PassFeedback(heard.Offset);
            }

            DropPublished(before, events);
        }
    }

    // It is one gap of the whole topic, so the first partition tells of it.
    private void Move(long next, List<AlertEvent> events)
    {
        _pipeline!.OnPartitionsAdded();
        if (Partition.Partition.Value == 0)
            _pipeline.Tell(new(StateGapCause.PartitionsAdded, next, next, _logTime,
                $"{Partition.Topic} has more partitions now"), [], events);
    }

    private void DropPublished(int from, List<AlertEvent> events)
    {
        if (_replay is not { } replay) return;
        for (var i = events.Count - 1; i >= from; i--)
            if (replay.IsPublished(events[i])) events.RemoveAt(i);
    }
}
