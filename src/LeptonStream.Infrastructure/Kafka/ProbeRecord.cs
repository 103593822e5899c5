using System.Globalization;
using System.Text;
using Confluent.Kafka;
using LeptonStream.Alerts;

namespace LeptonStream.Kafka;

/// <summary>A <see cref="Probe"/> as a record: on its way to a detector, and back from it as a CloudEvent (docs/events.md).</summary>
public static class ProbeRecord
{
    private const string Type = "io.leptonstream.probe.v1";

    /// <summary>The record for a partition of the metrics topic.</summary>
    public static Message<byte[]?, byte[]?> Of(Probe probe) => new() { Key = KeyBytes, Value = probe.Write() };

    /// <summary>The record by which a detector passes a probe on. The same record makes the same one.</summary>
    /// <param name="probe">The probe.</param>
    /// <param name="topic">The metrics topic.</param>
    /// <param name="source">The record that it came in.</param>
    public static Message<byte[]?, byte[]?> PassedOn(Probe probe, string topic, in LogRecord source) => new()
    {
        Key = KeyBytes,
        Value = probe.Write(source.Partition, source.Offset),
        Headers = new Headers
        {
            { "ce_specversion", Text("1.0") },
            { "ce_type", Text(Type) },
            { "ce_source", Text($"/leptonstream/detector/{Uri.EscapeDataString(topic)}/{source.Partition}") },
            { "ce_id", Text(string.Create(CultureInfo.InvariantCulture, $"probe-{source.Partition}-{probe.SentAt.UnixMilliseconds}")) },
            { "ce_time", Text(probe.SentAt.ToString()) },
            { "content-type", Text("application/json") },
        },
    };

    private static byte[] KeyBytes => Text(Probe.Key);

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
