using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// OpenTelemetry metrics in protobuf: MetricsData, or ExportMetricsServiceRequest, whose bytes are the same
/// (opentelemetry-proto 1.9). A payload whose bytes are wrong is refused whole; a point that contradicts itself, alone.
/// </summary>
internal sealed class OtlpProtoFormat : IPayloadFormat
{
    private readonly AttributeJson _json = new();

    public string Name => "otlp_proto";

    public FormatOutcome Read(ReadOnlySpan<byte> payload, PointBatch into, in FormatLimits limits)
    {
        if (into.Begin(payload, limits) is { } refused) return refused;
        // Texts are places in this copy.
        var copy = into.AddText(payload);
        var walk = new OtlpProtoWalk(payload, into, copy.Start, _json);
        walk.ReadAll();
        if (walk.IsTooDeep) return into.RefuseAll(RefusalReason.TooDeep, $"attributes nest deeper than {limits.Depth} levels");
        return walk.FailedAt is { } place ? into.RefuseAll(RefusalReason.Malformed, $"no OTLP at byte {place}") : into.End();
    }
}
