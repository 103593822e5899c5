using LeptonStream.Detection.Store;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <content>Series that the processor's cache is asked for ahead of their turn.</content>
public sealed partial class PartitionPipeline
{
    // The first series of the message before.
    private SeriesState? _lead;

    // Series come in the same order again and again. While a message is judged, the first series of the next one comes from memory.
    private void AskForFollower(SeriesState? first)
    {
        if (first is null) return;
        if (_lead is { } before && before.Follower != first && !before.IsForgotten) before.Follower = first;
        _lead = first;
        if (first.Follower is not { } follower) return;
        // The series itself was asked for by the message before.
        follower.Pipeline.Prefetch(follower);
        if (follower.Follower is { } second) CacheLines.Prefetch(second, SeriesState.Lines);
    }

    private SeriesState? Ask(ReadOnlySpan<SampleBatch.Metric> metrics, int at) => at < metrics.Length ? _series.Ask(metrics[at]) : null;
}
