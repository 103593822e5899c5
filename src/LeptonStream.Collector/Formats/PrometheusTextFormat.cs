using System.Text.Unicode;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// A page of metrics as Prometheus scrapes it: the text format 0.0.4 and 1.0, and OpenMetrics 1.0. The lines of a histogram or summary
/// become one point. Exemplars and help are skipped. A wrong line is refused alone.
/// </summary>
internal sealed class PrometheusTextFormat : IPayloadFormat
{
    private readonly MetricFamily _family = new();

    public string Name => "prometheus_text";

    public FormatOutcome Read(ReadOnlySpan<byte> payload, PointBatch into, in FormatLimits limits)
    {
        if (into.Begin(payload, limits) is { } refused) return refused;
        var copy = into.AddText(payload);
        var page = new PrometheusPage(payload, into, copy.Start, _family, Utf8.IsValid(payload));
        page.ReadAll();
        return into.End();
    }
}
