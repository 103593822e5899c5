using LeptonStream.Alerts;
using LeptonStream.Detection.EarlyWarning;
using LeptonStream.Detection.Policies;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection;

/// <summary>Everything that is known of one input partition: its series, and the way of one record through them. One owner, one thread.</summary>
public sealed class PartitionPipeline
{
    private readonly string _topic;
    private readonly int _partition;
    private readonly NativeJsonFormat _format;
    private readonly SampleBatch _batch = new();
    private readonly SeriesBook _series;
    private readonly long[] _refusals = new long[Enum.GetValues<SampleRefusal>().Length];

    /// <summary>Makes an empty pipeline for one partition.</summary>
    /// <param name="topic">The input topic's name, for the events.</param>
    /// <param name="partition">The input partition's number.</param>
    /// <param name="policy">How to judge.</param>
    /// <param name="policies">What differs from series to series; null for <see cref="PolicySet.Default"/>.</param>
    public PartitionPipeline(string topic, int partition, DetectionPolicy policy, PolicySet? policies = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _topic = topic;
        _partition = partition;
        _format = new(policy.Limits);
        _series = new(policy, policies ?? PolicySet.Default);
    }

    /// <summary>How many series are known.</summary>
    public int SeriesCount => _series.Count;

    /// <summary>Is told of every judged sample; null (the default) for nobody.</summary>
    public JudgedSampleObserver? Observer { get; set; }

    /// <summary>How many samples of accepted records were not judged, for this reason, since the pipeline began.</summary>
    public long RefusedSamples(SampleRefusal reason) => _refusals[(int)reason];

    /// <summary>
    /// Judges by other policies from the next record on, known series too. What they have learned stays, but for a series whose numbers mean something else now.
    /// What is told of a series that is ignored now, or begins anew, is followed to its end before.
    /// </summary>
    public void Adopt(PolicySet policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        _series.Adopt(policies);
    }

    /// <summary>
    /// Takes one record: reads it, judges each of its samples and appends the events that follow to <paramref name="events"/>.
    /// Never throws on any bytes. Depends on the records, their order and the policy only.
    /// </summary>
    /// <param name="value">The record's value, in the native JSON format.</param>
    /// <param name="offset">The record's offset.</param>
    /// <param name="logTime">The record's own timestamp in the log: "now" for every decision.</param>
    /// <param name="events">Takes the events, in order.</param>
    public RecordOutcome Process(ReadOnlySpan<byte> value, long offset, Timestamp logTime, List<AlertEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var reason = _format.Read(value, logTime, _batch, out var detail);
        if (reason != RejectReason.None) return new(reason, detail, 0);

        var outlet = new EventOutlet(new(_topic, _partition, offset), events);
        var judged = 0;
        foreach (ref readonly var entity in _batch.Entities)
        {
            var metrics = _batch.MetricsOf(entity);
            if (!metrics.IsEmpty) _series.Ask(metrics[0]);
            for (var i = 0; i < metrics.Length; i++)
            {
                if (i + 1 < metrics.Length) _series.Ask(metrics[i + 1]);
                var refusal = Judge(entity, metrics[i], outlet);
                if (refusal == SampleRefusal.None) judged++;
                else _refusals[(int)refusal]++;
            }
        }

        return new(RejectReason.None, null, judged);
    }

    private SampleRefusal Judge(in SampleBatch.Entity entity, in SampleBatch.Metric metric, in EventOutlet outlet)
    {
        var series = _series.Find(_batch, entity, metric, out var refusal);
        if (series is null) return refusal;
        refusal = series.Pipeline.Judge(series, new(entity.Time, metric.Value, entity.Step), out var judgement);
        if (refusal != SampleRefusal.None) return refusal;
        if (judgement.Change != AlertChange.None) outlet.Add(AlertEventBuilder.Build(series, judgement, outlet.Position, outlet.Ordinal));
        if (series.Limit is { } limit) Warn(series, limit, judgement.Sample, outlet);
        Observer?.Invoke(new(series.Key, judgement.Sample, judgement.Score, series.Alert.Phase == AlertPhase.Open,
            judgement.Forecast.Expected, judgement.Lower, judgement.Upper));
        _series.Settle(series);
        return SampleRefusal.None;
    }

    private static void Warn(SeriesState series, LimitWatch limit, in Sample sample, in EventOutlet outlet)
    {
        var change = limit.Observe(sample.Time, sample.Value);
        if (change != LimitChange.None) outlet.Add(EarlyWarningEventBuilder.Build(series, limit, change, sample, outlet.Position, outlet.Ordinal));
    }

    // Where the events of one record go.
    private readonly record struct EventOutlet(RecordPosition Position, List<AlertEvent> Events)
    {
        private readonly int _first = Events.Count;

        // How many events the record has made before: part of the next one's id.
        public int Ordinal => Events.Count - _first;

        public void Add(AlertEvent made) => Events.Add(made);
    }
}
