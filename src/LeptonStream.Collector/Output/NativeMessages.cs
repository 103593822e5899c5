using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LeptonStream.Collector.Mapping;

namespace LeptonStream.Collector.Output;

/// <summary>
/// Writes messages as native JSON (docs/metric-message.schema.json), in the plain form that the detector reads without a tokenizer wherever
/// the texts are ASCII. The key of a record is <see cref="MappedEntity.Key"/>.
/// </summary>
public static class NativeMessages
{
    // Doubles from here on are written with an exponent, which the plain form does not have.
    private const double LargestPlain = 1e15;

    // Whole numbers below it are exact in 64 bits.
    private const double LargestWhole = 9e18;

    /// <summary>Writes a message. Allocates nothing.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="message">A message of it.</param>
    /// <param name="output">Takes the bytes (UTF-8).</param>
    public static void Write(MappedBatch batch, in MappedMessage message, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Write(message, batch.SamplesOf(message), output);
    }

    /// <summary>Writes a message with some of its samples. Allocates nothing.</summary>
    /// <param name="message">The message.</param>
    /// <param name="samples">The samples to write, at least one.</param>
    /// <param name="output">Takes the bytes (UTF-8).</param>
    public static void Write(in MappedMessage message, ReadOnlySpan<MappedSample> samples, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write(message.Entity.Head);
        WriteTime(message.Time, output);
        if (message.Step >= 0)
        {
            output.Write(",\"step\":"u8);
            WriteWhole(message.Step, output);
        }

        output.Write(message.Entity.Tail);
        var isFirst = true;
        foreach (ref readonly var sample in samples)
        {
            if (!isFirst) output.Write(","u8);
            isFirst = false;
            output.Write(sample.Series.NameJson);
            WriteNumber(sample.Value, output);
        }

        output.Write("}}"u8);
    }

    /// <summary>Writes a message that ends metrics.</summary>
    /// <param name="entity">Their entity.</param>
    /// <param name="time">When, in nanoseconds since 1970.</param>
    /// <param name="series">The metrics.</param>
    /// <param name="output">Takes the bytes (UTF-8).</param>
    public static void WriteEnded(MappedEntity entity, long time, IReadOnlyList<MappedSeries> series, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(series);
        WriteBegin(entity, time, -1, output);
        output.Write(",\"ended\":["u8);
        for (var i = 0; i < series.Count; i++)
        {
            if (i > 0) output.Write(","u8);
            // Without its colon.
            output.Write(series[i].NameJson.AsSpan()[..^1]);
        }

        output.Write("]}"u8);
    }

    /// <summary>Writes a message that declares the version of a model.</summary>
    /// <param name="version">The version.</param>
    /// <param name="output">Takes the bytes (UTF-8).</param>
    public static void Write(in MappedVersion version, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write(version.Entity.Head);
        WriteTime(version.Time, output);
        output.Write(Encoding.UTF8.GetBytes($",\"model_version\":{Quote(version.Version)}}}"));
    }

    /// <summary>Writes a message of distributions.</summary>
    /// <param name="distributions">At least one, all of one entity, time and step.</param>
    /// <param name="output">Takes the bytes (UTF-8).</param>
    public static void Write(ReadOnlySpan<MappedDistribution> distributions, IBufferWriter<byte> output)
    {
        ref readonly var first = ref distributions[0];
        WriteBegin(first.Series.Entity, first.Time, first.Step, output);
        output.Write(",\"distributions\":{"u8);
        for (var i = 0; i < distributions.Length; i++)
        {
            if (i > 0) output.Write(","u8);
            output.Write(distributions[i].Series.NameJson);
            output.Write(distributions[i].Json.Span);
        }

        output.Write("}}"u8);
    }

    // Up to the labels.
    private static void WriteBegin(MappedEntity entity, long time, long step, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(entity);
        ArgumentNullException.ThrowIfNull(output);
        output.Write(entity.Head);
        WriteTime(time, output);
        if (step >= 0)
        {
            output.Write(",\"step\":"u8);
            WriteWhole(step, output);
        }

        output.Write(entity.Tail.AsSpan()[..^Metrics.Length]);
    }

    private static ReadOnlySpan<byte> Metrics => ",\"metrics\":{"u8;

    /// <summary>The parts of an entity's messages before and behind the time.</summary>
    internal static (byte[] Head, byte[] Tail) PartsOf(MappedEntity entity)
    {
        var head = $"{{\"model\":{Quote(entity.Model)},\"ts\":";
        var labels = string.Join(',', entity.Labels.Select(label => $"{Quote(label.Key)}:{Quote(label.Value)}"));
        var tail = labels.Length == 0 ? ",\"metrics\":{" : $",\"labels\":{{{labels}}},\"metrics\":{{";
        return (Encoding.UTF8.GetBytes(head), Encoding.UTF8.GetBytes(tail));
    }

    /// <summary>A name in quotes, with its colon.</summary>
    internal static byte[] NameOf(string metric) => Encoding.UTF8.GetBytes(Quote(metric) + ":");

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    // Eighteen digits are all that the plain form takes, and nanoseconds have nineteen.
    private static void WriteTime(long nanoseconds, IBufferWriter<byte> output)
    {
        var (milliseconds, rest) = Math.DivRem(nanoseconds, 1_000_000);
        WriteWhole(rest == 0 ? milliseconds : nanoseconds / 1_000, output);
    }

    private static void WriteWhole(long value, IBufferWriter<byte> output)
    {
        Utf8Formatter.TryFormat(value, output.GetSpan(20), out var length);
        output.Advance(length);
    }

    private static void WriteNumber(double value, IBufferWriter<byte> output)
    {
        if (!double.IsFinite(value))
        {
            output.Write(double.IsNaN(value) ? "\"NaN\""u8 : value > 0 ? "\"Infinity\""u8 : "\"-Infinity\""u8);
            return;
        }

        if (Math.Abs(value) is >= LargestPlain and < LargestWhole && Math.Truncate(value) == value)
        {
            WriteWhole((long)value, output);
            return;
        }

        value.TryFormat(output.GetSpan(32), out var length, "R", System.Globalization.CultureInfo.InvariantCulture);
        output.Advance(length);
    }
}
