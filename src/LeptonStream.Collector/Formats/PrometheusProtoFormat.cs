using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// The protobuf form of a metrics page: messages <c>io.prometheus.client.MetricFamily</c>, each behind its length. It has native
/// histograms, which the text forms have not. A page whose bytes are wrong is refused whole; a metric that contradicts itself, alone.
/// </summary>
internal sealed class PrometheusProtoFormat : IPayloadFormat
{
    public string Name => "prometheus_proto";

    public FormatOutcome Read(ReadOnlySpan<byte> payload, PointBatch into, in FormatLimits limits)
    {
        if (into.Begin(payload, limits) is { } refused) return refused;
        // Texts are places in this copy.
        var copy = into.AddText(payload);
        var walk = new PrometheusProtoWalk(payload, into, copy.Start);
        walk.ReadAll();
        return walk.FailedAt is { } place ? into.RefuseAll(RefusalReason.Malformed, $"no metric family at byte {place}") : into.End();
    }
}
