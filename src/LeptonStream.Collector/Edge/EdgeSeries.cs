using System.Buffers;
using Confluent.Kafka;
using LeptonStream.Collector.Edge.Output;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Output;
using LeptonStream.Resilience;
using LeptonStream.Series;

namespace LeptonStream.Collector.Edge;

/// <summary>
/// The edge's own numbers once a minute, as series of the model <c>lepton.edge</c> that detectors judge like any other. They are spooled
/// with all others, so that a week without a broker is seen afterwards. For one thread.
/// </summary>
internal sealed class EdgeSeries(EdgeFolder folder, IRecordSink sink, ClockSkew skew, EdgeMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly MappedEntity _entity = new("lepton.edge", LabelSet.Of(("host", Environment.MachineName)));
    private readonly ArrayBufferWriter<byte> _json = new(512);
    private readonly Pace _pace = new(Every, time);
    private long _dropped;

    /// <summary>Writes them when a minute is over.</summary>
    public async Task Round()
    {
        if (!_pace.IsDue()) return;
        var dropped = folder.Samples.Dropped;
        List<(string Name, double Value)> values =
        [
            ("lepton.edge.dropped", dropped - _dropped),
            ("lepton.edge.spool_bytes", folder.Samples.Bytes),
            ("lepton.edge.unsent_age_s", EdgeMetrics.UnsentSeconds(folder, time)),
        ];
        _dropped = dropped;
        if (skew.Take() is { } ahead)
        {
            metrics.Skew(ahead);
            values.Add(("lepton.edge.clock_skew", ahead.TotalSeconds));
        }

        MappedSample[] samples = [.. values.Select(each => new MappedSample(new(_entity, each.Name), each.Value))];
        _json.ResetWrittenCount();
        NativeMessages.Write(new(_entity, time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000, -1, 0, samples.Length), samples, _json);
        Message<byte[]?, byte[]?> record = new() { Key = _entity.Key.ToArray(), Value = _json.WrittenSpan.ToArray() };
        await sink.Send([record], static () => { });
    }
}
