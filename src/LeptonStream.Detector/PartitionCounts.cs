using LeptonStream.Detection;
using LeptonStream.Health;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Status;
using LeptonStream.Samples;

namespace LeptonStream.Detector;

/// <summary>What became of a partition's records and samples, in numbers, since its owner has it.</summary>
internal sealed class PartitionCounts
{
    private readonly long[] _records = new long[Enum.GetValues<RejectReason>().Length];
    private readonly long[] _reported = new long[Refusals.Length];
    private readonly UnjudgedKeys _unjudged = new();
    private (long Labels, long Times, long Events, long Series, long Versions) _leftOutReported;
    private long _samples;

    /// <summary>Every reason for which a sample may not be judged.</summary>
    private static SampleRefusal[] Refusals { get; } = Enum.GetValues<SampleRefusal>();

    /// <summary>Begins again: there is another pipeline.</summary>
    public void Clear()
    {
        Array.Clear(_records);
        Array.Clear(_reported);
        _unjudged.Clear();
        _leftOutReported = default;
        _samples = 0;
    }

    /// <summary>Counts a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="outcome">Its outcome.</param>
    /// <param name="logTime">Its time in the log.</param>
    public void Count(in LogRecord record, RecordOutcome outcome, Timestamp logTime)
    {
        _records[(int)outcome.Reason]++;
        _samples += outcome.Samples;
        if (!outcome.IsAccepted) _unjudged.Unjudged(record, ReasonNames.Of(outcome.Reason), logTime);
        else if (outcome.Lost != SampleRefusal.None) _unjudged.Unjudged(record, ReasonNames.Of(outcome.Lost), logTime);
        else if (outcome.Samples > 0) _unjudged.Judged(record);
    }

    /// <summary>The numbers as a status.</summary>
    public StatusCounts Total(PartitionPipeline pipeline) => new()
    {
        Records = _records.Sum(),
        Samples = _samples,
        RecordsRefused = CountsOf(Enum.GetValues<RejectReason>(),
            reason => reason == RejectReason.None ? 0 : _records[(int)reason], ReasonNames.Of),
        SamplesRefused = CountsOf(Refusals, pipeline.RefusedSamples, ReasonNames.Of),
    };

    /// <inheritdoc cref="UnjudgedKeys.Worst"/>
    public IReadOnlyList<UnjudgedKey> Unjudged(Timestamp now) => _unjudged.Worst(now);

    /// <summary>Adds the samples that were not judged since the last call to the counters.</summary>
    public void Report(PartitionPipeline pipeline, DetectorMetrics metrics, TroubleLog troubles)
    {
        foreach (var reason in Refusals)
        {
            var refused = pipeline.RefusedSamples(reason) - _reported[(int)reason];
            metrics.Refused(reason, refused);
            // That a counter begins or begins again is no trouble.
            if (reason is not (SampleRefusal.None or SampleRefusal.Ignored or SampleRefusal.CounterStart or SampleRefusal.CounterReset))
                troubles.Count("samples not judged", ReasonNames.Of(reason), refused);
            _reported[(int)reason] += refused;
        }

        var now = (Labels: pipeline.LabelsLeftOut, Times: pipeline.TimesSetBack, Events: pipeline.EventsDropped,
            Series: pipeline.SeriesForgotten, Versions: pipeline.VersionsLeftOut);
        var versions = now.Versions - _leftOutReported.Versions;
        metrics.LeftOut(now.Labels - _leftOutReported.Labels, now.Times - _leftOutReported.Times, now.Events - _leftOutReported.Events,
            now.Series - _leftOutReported.Series, versions);
        troubles.Count("times set back to the log's", "clock_ahead", now.Times - _leftOutReported.Times);
        troubles.Count("messages whose model version is not compared", "model_limit", versions);
        _leftOutReported = now;
    }

    private static Dictionary<string, long> CountsOf<T>(T[] reasons, Func<T, long> count, Func<T, string> name) => reasons
        .Select(reason => KeyValuePair.Create(name(reason), count(reason)))
        .Where(reason => reason.Value > 0)
        .ToDictionary();
}
