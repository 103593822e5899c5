using LeptonStream.Alerts;
using LeptonStream.Detector.Snapshots;
using LeptonStream.Feedback;

namespace LeptonStream.Detector;

/// <content>People's verdicts on the partition's alerts.</content>
internal sealed partial class PartitionTask
{
    private long _feedbackNext;

    /// <summary>The offset of the first verdict that is not heard yet.</summary>
    public long FeedbackNext => _feedbackNext;

    /// <summary>The id of the topic that the offset is of; null while it is not known.</summary>
    public Guid? FeedbackId { get; private set; }

    /// <summary>
    /// Takes the feedback topic's id. Of one that was deleted and created again all verdicts are heard from its beginning: offsets of the
    /// one before mean nothing there. Those that hold already change nothing.
    /// </summary>
    /// <param name="id">The id; null where it is not known.</param>
    /// <returns>Whether it is another topic than before.</returns>
    public bool TakeFeedbackTopic(Guid? id)
    {
        if (id is null || id == FeedbackId) return false;
        var isOther = FeedbackId is not null;
        FeedbackId = id;
        if (isOther) _feedbackNext = 0;
        return isOther;
    }

    /// <summary>Takes a person's verdict: what follows from it holds from the next record on.</summary>
    /// <param name="feedback">The verdict.</param>
    /// <param name="offset">Its offset in the feedback topic.</param>
    /// <param name="isNews">Whether an event tells of the change.</param>
    /// <param name="events">Takes the events that follow.</param>
    /// <returns>The journal's entry of it; null where it changes nothing.</returns>
    public JournalEntry? Hear(FeedbackEvent feedback, long offset, bool isNews, List<AlertEvent> events)
    {
        Require(PartitionTaskState.Running);
        return Apply(feedback, offset, isNews, events)
            ? _book.Note(_read ?? 0) with { Verdict = new((feedback with { Note = "" }).Write(), offset, isNews) }
            : null;
    }

    /// <summary>Goes on behind a record of the feedback topic that is no verdict.</summary>
    public void PassFeedback(long offset) => _feedbackNext = offset + 1;

    private bool Apply(FeedbackEvent feedback, long offset, bool isNews, List<AlertEvent> events)
    {
        _feedbackNext = offset + 1;
        _policies = _policies.After(feedback, out var change);
        if (change is not null) _pipeline!.Adopt(change, _policies.Set, isNews, events);
        return change is not null;
    }
}
