using LeptonStream.Alerts;
using LeptonStream.Detection.Policies;
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

    // Series that the policies ignore, by id only. One whose alert is open when they begin to is followed until that is over.
    private readonly HashSet<UInt128> _ignored = [];
    private readonly HashSet<UInt128> _leaving = [];
    private PolicySet _policies;
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
        _policy = policy;
        _policies = policies ?? PolicySet.Default;
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

    /// <summary>Judges by other policies from the next record on. Series that are known are asked about anew.</summary>
    public void Adopt(PolicySet policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        _policies = policies;
        _ignored.Clear();
        _leaving.Clear();
        foreach (var (id, series) in _series)
        {
            if (!policies.For(series.Key).Ignore) continue;
            if (series.Alert.Phase == AlertPhase.Open) _leaving.Add(id);
            else Forget(id);
        }
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
            if (_ignored.Contains(metric.Id.Value)) return SampleRefusal.Ignored;
            if (_series.Count >= _policy.SeriesPerPartition) return SampleRefusal.SeriesLimit;
            var key = _batch.KeyOf(entity, metric);
            if (_policies.For(key).Ignore)
            {
                Forget(metric.Id.Value);
                return SampleRefusal.Ignored;
            }

            series = _pipeline.NewSeries(metric.Id, key);
            _series.Add(metric.Id.Value, series);
        }

        var sample = new Sample(entity.Time, metric.Value, entity.Step);
        var refusal = _pipeline.Judge(series, sample, out var judgement);
        if (refusal != SampleRefusal.None) return refusal;
        if (judgement.Change != AlertChange.None) events.Add(_events.Build(series, sample, judgement, position, events.Count - firstEvent));
        Observer?.Invoke(new(series.Key, sample, judgement.Score, series.Alert.Phase == AlertPhase.Open,
            judgement.Forecast.Expected, judgement.Lower, judgement.Upper));
        if (_leaving.Count > 0 && series.Alert.Phase != AlertPhase.Open && _leaving.Remove(metric.Id.Value)) Forget(metric.Id.Value);
        return SampleRefusal.None;
    }

    // Bounded, as everything that producers can make grow: an id that finds no room is asked about at every sample.
    private void Forget(UInt128 id)
    {
        _series.Remove(id);
        if (_ignored.Count < _policy.SeriesPerPartition) _ignored.Add(id);
    }
}
