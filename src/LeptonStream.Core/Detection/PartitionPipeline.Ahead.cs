using LeptonStream.Detection.Store;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <content>
/// Series that are looked up, and that the processor's cache is asked for, ahead of their turn. They come in the same order again and
/// again, within a message and from one to the next: each remembers the one that came after it the last time.
/// </content>
public sealed partial class PartitionPipeline
{
    // The series that was looked up last.
    private SeriesState? _asked;

    // The series of a metric of the message, if it is known now; null behind the last one.
    private SeriesState? Ask(ReadOnlySpan<SampleBatch.Metric> metrics, int at)
    {
        if (at >= metrics.Length) return null;
        if (_asked?.Follower is { IsForgotten: false } guess && guess.Id == metrics[at].Id)
        {
            if (guess.Follower is { } follower) CacheLines.Prefetch(follower, SeriesState.Lines);
            return _asked = guess;
        }

        if (_series.Ask(metrics[at]) is not { } series) return null;
        if (_asked is { IsForgotten: false } before) before.Follower = series;
        return _asked = series;
    }

    // Behind the last metric of a message its next one is not known, and most likely what it was.
    private void AskForNextMessage()
    {
        if (_asked?.Follower is not { } follower) return;
        follower.Pipeline.Prefetch(follower);
        if (follower.Follower is { } second) CacheLines.Prefetch(second, SeriesState.Lines);
    }
}
