using LeptonStream.Alerts;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection;

/// <summary>Everything that is known of one input partition: its series, and the way of one record through them. One owner, one thread.</summary>
public sealed class PartitionPipeline
{
    private readonly string _topic;
    private readonly int _partition;
    private readonly DetectionPolicy _policy;
    private readonly NativeJsonFormat _format;
    private readonly SeriesPipeline _pipeline;
    private readonly AlertEventBuilder _events;
    private readonly SampleBatch _batch = new();
    private readonly Dictionary<UInt128, SeriesState> _series = [];
    private readonly long[] _refusals = new long[Enum.GetValues<SampleRefusal>().Length];

    /// <summary>Makes an empty pipeline for one partition.</summary>
    /// <param name="topic">The input topic's name, for the events.</param>
    /// <param name="partition">The input partition's number.</param>
    /// <param name="policy">How to judge.</param>
    public PartitionPipeline(string topic, int partition, DetectionPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _topic = topic;
        _partition = partition;
        _policy = policy;
        _format = new(policy.Limits);
        _pipeline = new(policy);
        _events = new(policy, _pipeline);
    }

    /// <summary>How many series are known.</summary>
    public int SeriesCount => _series.Count;

    /// <summary>Is told of every judged sample; null (the default) for nobody.</summary>
    public JudgedSampleObserver? Observer { get; set; }

    /// <summary>How many samples of accepted records were not judged, for this reason, since the pipeline began.</summary>
    public long RefusedSamples(SampleRefusal reason) => _refusals[(int)reason];

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

        var position = new RecordPosition(_topic, _partition, offset);
        var first = events.Count;
        var judged = 0;
        foreach (ref readonly var entity in _batch.Entities)
        {
            foreach (ref readonly var metric in _batch.MetricsOf(entity))
            {
                var refusal = Judge(entity, metric, position, first, events);
                if (refusal == SampleRefusal.None) judged++;
                else _refusals[(int)refusal]++;
            }
        }

        return new(RejectReason.None, null, judged);
    }

    private SampleRefusal Judge(
        in SampleBatch.Entity entity, in SampleBatch.Metric metric, RecordPosition position, int firstEvent, List<AlertEvent> events)
    {
        if (!_series.TryGetValue(metric.Id.Value, out var series))
        {
            if (_series.Count >= _policy.SeriesPerPartition) return SampleRefusal.SeriesLimit;
            series = _pipeline.NewSeries(metric.Id, _batch.KeyOf(entity, metric));
            _series.Add(metric.Id.Value, series);
        }

        var sample = new Sample(entity.Time, metric.Value, entity.Step);
        var refusal = _pipeline.Judge(series, sample, out var judgement);
        if (refusal != SampleRefusal.None) return refusal;
        if (judgement.Change != AlertChange.None) events.Add(_events.Build(series, sample, judgement, position, events.Count - firstEvent));
        Observer?.Invoke(new(series.Key, sample, judgement.Score, series.Alert.Phase == AlertPhase.Open,
            judgement.Forecast.Expected, judgement.Lower, judgement.Upper));
        return SampleRefusal.None;
    }
}
