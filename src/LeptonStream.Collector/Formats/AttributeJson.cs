using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LeptonStream.Collector.Formats;

/// <summary>Writes an attribute that is a list or a map as JSON, in memory that is used again.</summary>
internal sealed class AttributeJson
{
    // A label is no page: nothing in it is to be escaped but what JSON demands. What can't be finished is refused by its caller.
    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _bytes = new(256);

    public AttributeJson() => Writer = new(_bytes, Options);

    public Utf8JsonWriter Writer { get; }

    public void Begin()
    {
        _bytes.ResetWrittenCount();
        Writer.Reset();
    }

    /// <summary>Writes a number; NaN and infinities as strings.</summary>
    public static void WriteNumber(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value)) writer.WriteNumberValue(value);
        else writer.WriteStringValue(NonFinite(value));
    }

    public ReadOnlySpan<byte> End()
    {
        Writer.Flush();
        return _bytes.WrittenSpan;
    }

    /// <summary>The word that OTLP's JSON has for a number that is none.</summary>
    public static ReadOnlySpan<byte> NonFinite(double value) =>
        double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8 : "-Infinity"u8;
}
