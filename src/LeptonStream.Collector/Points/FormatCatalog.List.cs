using LeptonStream.Collector.Formats;

namespace LeptonStream.Collector.Points;

/// <summary>The list of formats, and the content types that name one.</summary>
public sealed partial class FormatCatalog
{
    private static IPayloadFormat[] All(FormatCatalog catalog) =>
    [
        new OtlpProtoFormat(),
        new OtlpJsonFormat(),
        new InfluxLineFormat(),
        new TelegrafJsonFormat(),
        new KafkaAdapterJsonFormat(),
        new VectorJsonFormat(),
        new RemoteWriteFormat(isSecond: false),
        new RemoteWriteFormat(isSecond: true),
        new VictoriaMetricsJsonFormat(),
        new NativeJsonLinesFormat(),
        new EnvelopeFormat(CloudEvents, catalog),
        new EnvelopeFormat(KafkaConnect, catalog),
        new PrometheusTextFormat(),
        new PrometheusProtoFormat(),
        new ConfluentFormat(catalog),
    ];

    internal const string CloudEvents = "cloudevents";
    internal const string KafkaConnect = "kafka_connect";

    // Types that several formats share (application/json, text/plain without a version, application/octet-stream) name none.
    private static string? NameOf(string contentType)
    {
        var parts = contentType.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0) return null;
        var type = parts[0].ToUpperInvariant();
        if (type.StartsWith("APPLICATION/CLOUDEVENTS", StringComparison.Ordinal)) return CloudEvents;
        return type switch
        {
            "APPLICATION/OPENMETRICS-TEXT" => "prometheus_text",
            "TEXT/PLAIN" when Has(parts, "version=0.0.4") || Has(parts, "version=1.0.0") => "prometheus_text",
            "APPLICATION/VND.GOOGLE.PROTOBUF" when Has(parts, "proto=io.prometheus.client.MetricFamily") => "prometheus_proto",
            "APPLICATION/X-PROTOBUF" when Has(parts, "proto=io.prometheus.write.v2.Request") => "prometheus_remote_write_2",
            "APPLICATION/X-PROTOBUF" when Has(parts, "proto=prometheus.WriteRequest") => "prometheus_remote_write",
            _ => null,
        };
    }

    private static bool Has(string[] parts, string parameter) =>
        Array.Exists(parts, part => part.Replace("\"", "", StringComparison.Ordinal).Equals(parameter, StringComparison.OrdinalIgnoreCase));
}
