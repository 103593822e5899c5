using System.Globalization;
using System.Text;
using Google.Protobuf;
using LeptonStream.Samples;
using LeptonStream.Testing.Otlp;
using static LeptonStream.Roles.Tests.Collector.Formats.ProtoBytes;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

/// <summary>One value of one gauge as real programs write it.</summary>
internal static class TroublePayloads
{
    /// <summary>The formats.</summary>
    public static readonly string[] Formats = ["prometheus_text", "prometheus_remote_write", "otlp_proto", "influx"];

    /// <summary>The payload; null where the format can't say it.</summary>
    public static byte[]? Of(string format, string metric, double value, Timestamp at) => format switch
    {
        "prometheus_text" => Encoding.UTF8.GetBytes($"# TYPE {metric} gauge\n{metric}{{job=\"m\",gpu=\"0\"}} {Number(value)}\n"),
        "prometheus_remote_write" => Snappier.Snappy.CompressToArray(RemoteWrite(metric, value, at)),
        "otlp_proto" => Otlp(metric, value, at),
        // Telegraf leaves out a value that is no number.
        _ when !double.IsFinite(value) => null,
        _ => Encoding.UTF8.GetBytes($"{metric},job=m,gpu=0 value={Number(value)} {at.UnixNanoseconds}\n"),
    };

    /// <summary>The end of the gauge, in formats that can say it.</summary>
    public static byte[] Stale(string format, string metric, Timestamp at) => format == "otlp_proto"
        ? Otlp(metric, 0, at, flags: 1)
        : Snappier.Snappy.CompressToArray(RemoteWrite(metric, BitConverter.UInt64BitsToDouble(0x7FF0_0000_0000_0002), at));

    private static byte[] RemoteWrite(string metric, double value, Timestamp at) => Message((1, Message(
        (1, Label("__name__", metric)), (1, Label("gpu", "0")), (1, Label("job", "m")),
        (2, Message((1, Fixed(BitConverter.DoubleToUInt64Bits(value))), (2, Varint((ulong)(at.UnixNanoseconds / 1_000_000))))))));

    private static byte[] Label(string name, string value) =>
        Message((1, Encoding.UTF8.GetBytes(name)), (2, Encoding.UTF8.GetBytes(value)));

    private static byte[] Otlp(string metric, double value, Timestamp at, uint flags = 0)
    {
        var point = new NumberDataPoint { TimeUnixNano = (ulong)at.UnixNanoseconds, AsDouble = value, Flags = flags };
        point.Attributes.Add(new KeyValue { Key = "gpu", Value = new() { StringValue = "0" } });
        var gauge = new Metric { Name = metric, Gauge = new() };
        gauge.Gauge.DataPoints.Add(point);
        var resource = new ResourceMetrics { Resource = new() };
        resource.Resource.Attributes.Add(new KeyValue { Key = "service.name", Value = new() { StringValue = "m" } });
        resource.ScopeMetrics.Add(new ScopeMetrics { Metrics = { gauge } });
        return new MetricsData { ResourceMetrics = { resource } }.ToByteArray();
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
