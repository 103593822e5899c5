using System.Text.Json;
using System.Text.Unicode;

namespace LeptonStream.Samples;

/// <summary>
/// The native JSON format, version 1 (docs/events.md): one object is one entity at one time with many metrics, an array is several of them.
/// <code>{"model":"llama-70b","ts":"2026-11-22T10:00:00.000Z","labels":{"instance":"gpu-7"},"step":1200,"metrics":{"ttft_p99_ms":182.3}}</code>
/// A message is taken whole or refused whole. Nothing is allocated in steady state; exceptions occur on refused messages only.
/// </summary>
public sealed class NativeJsonFormat(FormatLimits limits)
{
    private readonly HashSet<UInt128> _names = [];
    private string? _detail;

    /// <summary>Reads one message into <paramref name="batch"/>, which is cleared first. On refusal the batch holds nothing of use.</summary>
    /// <param name="value">The message, UTF-8.</param>
    /// <param name="logTime">The record's log time, against which times in the future are judged.</param>
    /// <param name="batch">Takes what the message says.</param>
    /// <param name="detail">What exactly is wrong, naming the field; null when it was taken.</param>
    public RejectReason Read(ReadOnlySpan<byte> value, Timestamp logTime, SampleBatch batch, out string? detail)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Clear();
        _detail = null;
        var reason = Check(value);
        if (reason == RejectReason.None) reason = ReadMessage(value, logTime, batch);
        detail = _detail;
        return reason;
    }

    private RejectReason Check(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return Refuse(RejectReason.EmptyValue, "the record has no value");
        if (value.Length > limits.MessageBytes) return Refuse(RejectReason.TooLarge, $"{value.Length} bytes, at most {limits.MessageBytes} are allowed");
        return Utf8.IsValid(value) ? RejectReason.None : Refuse(RejectReason.InvalidUtf8, "the value is not UTF-8");
    }

    private RejectReason ReadMessage(ReadOnlySpan<byte> value, Timestamp logTime, SampleBatch batch)
    {
        var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = limits.Depth });
        try
        {
            reader.Read();
            var reason = reader.TokenType switch
            {
                JsonTokenType.StartObject => ReadEntity(ref reader, logTime, batch),
                JsonTokenType.StartArray => ReadArray(ref reader, logTime, batch),
                _ => Refuse(RejectReason.NotAnObject, $"the value is a JSON {Kind(reader.TokenType)}, not an object or an array of objects"),
            };
            if (reason == RejectReason.None && reader.Read()) reason = Refuse(RejectReason.MalformedJson, "there is something behind the message");
            return reason;
        }
        catch (JsonException wrong)
        {
            return IsTooDeep(value)
                ? Refuse(RejectReason.TooDeep, $"nested deeper than {limits.Depth} levels")
                : Refuse(RejectReason.MalformedJson, $"not JSON at byte {reader.BytesConsumed}: {FirstSentence(wrong.Message)}");
        }
        catch (InvalidOperationException)
        {
            // CopyString meets an escape such as \ud800 that stands for no character.
            return Refuse(RejectReason.InvalidText, $"an escape before byte {reader.BytesConsumed} stands for no character");
        }
    }

    private RejectReason ReadArray(ref Utf8JsonReader reader, Timestamp logTime, SampleBatch batch)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                return Refuse(RejectReason.NotAnObject, $"the array holds a JSON {Kind(reader.TokenType)}");
            var reason = ReadEntity(ref reader, logTime, batch);
            if (reason != RejectReason.None) return reason;
        }

        return batch.Entities.IsEmpty ? Refuse(RejectReason.Empty, "the array is empty") : RejectReason.None;
    }

    private RejectReason ReadEntity(ref Utf8JsonReader reader, Timestamp logTime, SampleBatch batch)
    {
        var seen = Fields.None;
        var model = default(SampleBatch.Slice);
        var time = default(Timestamp);
        var step = Sample.NoStep;
        var firstLabel = batch.LabelCount;
        var firstMetric = batch.MetricCount;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = FieldOf(ref reader);
            if ((seen & field) != 0) return Refuse(RejectReason.DuplicateField, $"'{NameOf(field)}' occurs twice");
            seen |= field;
            reader.Read();
            var reason = field switch
            {
                Fields.Model => ReadText(ref reader, "model", limits.NameBytes, batch, out model),
                Fields.Ts => ReadTime(ref reader, logTime, out time),
                Fields.Step => ReadStep(ref reader, out step),
                Fields.Labels => ReadLabels(ref reader, batch, firstLabel),
                Fields.Metrics => ReadMetrics(ref reader, batch, firstMetric),
                _ => SkipUnknown(ref reader),
            };
            if (reason != RejectReason.None) return reason;
        }

        if ((Fields.Required & ~seen) is var missing and not Fields.None)
            return Refuse(RejectReason.MissingField, $"'{NameOf((Fields)(1 << int.TrailingZeroCount((int)missing)))}' is missing");
        batch.AddEntity(model, firstLabel, time, step, firstMetric);
        return RejectReason.None;
    }

    private RejectReason ReadText(ref Utf8JsonReader reader, string field, int limit, SampleBatch batch, out SampleBatch.Slice slice)
    {
        slice = default;
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
            return Refuse(RejectReason.WrongType, $"'{field}' is a JSON {Kind(reader.TokenType)}, not a string");
        // Escapes only ever shrink, so the raw length bounds the text.
        if (reader.ValueSpan.Length > limit * 6) return Refuse(RejectReason.InvalidText, $"'{field}' is longer than {limit} bytes");
        var room = batch.Room(reader.ValueSpan.Length);
        var length = reader.CopyString(room);
        if (length == 0) return Refuse(RejectReason.InvalidText, $"'{field}' is empty");
        if (length > limit) return Refuse(RejectReason.InvalidText, $"'{field}' is longer than {limit} bytes");
        if (room[..length].IndexOfAnyInRange((byte)0, (byte)0x1F) >= 0) return Refuse(RejectReason.InvalidText, $"'{field}' holds a control character");
        slice = batch.Keep(length);
        return RejectReason.None;
    }

    private RejectReason ReadTime(ref Utf8JsonReader reader, Timestamp logTime, out Timestamp time)
    {
        time = default;
        switch (reader.TokenType)
        {
            case JsonTokenType.Number when reader.TryGetInt64(out var whole):
                time = Timestamp.FromEpoch(whole);
                break;
            case JsonTokenType.Number when reader.TryGetDouble(out var number) && Math.Abs(number) < 1e14:
                // Seconds or milliseconds with a fraction, as many languages' clocks give them.
                time = new((long)(number * (Math.Abs(number) < 1e11 ? 1e9 : 1e6)));
                break;
            case JsonTokenType.Number:
                return Refuse(RejectReason.TimeOutOfRange, "'ts' is no epoch number");
            // Without an offset the text would mean another instant on every machine.
            case JsonTokenType.String when HasOffset(reader.ValueSpan) && reader.TryGetDateTimeOffset(out var instant):
                time = Timestamp.FromDateTimeOffset(instant);
                break;
            case JsonTokenType.String:
                return Refuse(RejectReason.WrongType, "'ts' is no RFC 3339 time with an offset, such as 2026-11-22T10:00:00.000Z");
            default:
                return Refuse(RejectReason.WrongType, $"'ts' is a JSON {Kind(reader.TokenType)}, not a string or a number");
        }

        if (time < limits.Earliest) return Refuse(RejectReason.TimeOutOfRange, $"'ts' is {time}, before {limits.Earliest}");
        return time > logTime + limits.Ahead
            ? Refuse(RejectReason.TimeOutOfRange, $"'ts' is {time}, more than {limits.Ahead} ahead of the record's log time {logTime}")
            : RejectReason.None;
    }

    private RejectReason ReadStep(ref Utf8JsonReader reader, out long step)
    {
        step = Sample.NoStep;
        if (reader.TokenType == JsonTokenType.Null) return RejectReason.None;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out step) && step >= 0
            ? RejectReason.None
            : Refuse(RejectReason.WrongType, "'step' is not a whole number from 0");
    }

    private RejectReason ReadLabels(ref Utf8JsonReader reader, SampleBatch batch, int first)
    {
        if (reader.TokenType == JsonTokenType.Null) return RejectReason.None;
        if (reader.TokenType != JsonTokenType.StartObject) return Refuse(RejectReason.WrongType, $"'labels' is a JSON {Kind(reader.TokenType)}, not an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var reason = ReadText(ref reader, "labels (a name)", limits.NameBytes, batch, out var name);
            if (reason != RejectReason.None) return reason;
            reader.Read();
            // In Prometheus' data model an empty label is no label.
            if (reader.TokenType == JsonTokenType.Null || (reader.TokenType == JsonTokenType.String && reader.ValueSpan.IsEmpty)) continue;
            reason = ReadText(ref reader, "labels (a value)", limits.LabelValueBytes, batch, out var value);
            if (reason != RejectReason.None) return reason;
            batch.AddLabel(name, value);
            if (batch.LabelCount - first > limits.Labels) return Refuse(RejectReason.TooMany, $"'labels' has more than {limits.Labels} entries");
        }

        return batch.SortLabels(first) ? RejectReason.None : Refuse(RejectReason.DuplicateField, "'labels' has a name twice");
    }

    private RejectReason ReadMetrics(ref Utf8JsonReader reader, SampleBatch batch, int first)
    {
        if (reader.TokenType != JsonTokenType.StartObject) return Refuse(RejectReason.WrongType, $"'metrics' is a JSON {Kind(reader.TokenType)}, not an object");
        _names.Clear();
        var entries = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (++entries > limits.Metrics) return Refuse(RejectReason.TooMany, $"'metrics' has more than {limits.Metrics} entries");
            var reason = ReadText(ref reader, "metrics (a name)", limits.NameBytes, batch, out var name);
            if (reason != RejectReason.None) return reason;
            if (!_names.Add(System.IO.Hashing.XxHash128.HashToUInt128(batch.BytesOf(name))))
                return Refuse(RejectReason.DuplicateField, "'metrics' has a name twice");
            reader.Read();
            reason = ReadValue(ref reader, out var number, out var measured);
            if (reason != RejectReason.None) return reason;
            if (measured) batch.AddMetric(name, number);
        }

        return entries > 0 ? RejectReason.None : Refuse(RejectReason.Empty, "'metrics' has no entry");
    }

    // JSON has no NaN: producers say "NaN", "Infinity" or "-Infinity" as strings (docs/events.md); null means not measured.
    private RejectReason ReadValue(ref Utf8JsonReader reader, out double value, out bool measured)
    {
        measured = true;
        value = double.NaN;
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                return reader.TryGetDouble(out value) && double.IsFinite(value)
                    ? RejectReason.None
                    : Refuse(RejectReason.NumberOutOfRange, "a value of 'metrics' lies outside the range of a 64-bit float");
            case JsonTokenType.Null:
                measured = false;
                return RejectReason.None;
            case JsonTokenType.String when reader.ValueTextEquals("NaN"u8):
                return RejectReason.None;
            case JsonTokenType.String when reader.ValueTextEquals("Infinity"u8) || reader.ValueTextEquals("+Infinity"u8):
                value = double.PositiveInfinity;
                return RejectReason.None;
            case JsonTokenType.String when reader.ValueTextEquals("-Infinity"u8):
                value = double.NegativeInfinity;
                return RejectReason.None;
            default:
                return Refuse(RejectReason.WrongType, $"a value of 'metrics' is a JSON {Kind(reader.TokenType)}, not a number (or \"NaN\", \"Infinity\", \"-Infinity\", null)");
        }
    }

    private static RejectReason SkipUnknown(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return RejectReason.None;
    }

    private RejectReason Refuse(RejectReason reason, string detail)
    {
        _detail = detail;
        return reason;
    }

    private bool IsTooDeep(ReadOnlySpan<byte> value)
    {
        var depth = 0;
        var inString = false;
        for (var i = 0; i < value.Length; i++)
        {
            switch (value[i])
            {
                case (byte)'"': inString = !inString; break;
                case (byte)'\\' when inString: i++; break;
                case (byte)'{' or (byte)'[' when !inString:
                    if (++depth > limits.Depth) return true;
                    break;
                case (byte)'}' or (byte)']' when !inString: depth--; break;
            }
        }

        return false;
    }

    private static bool HasOffset(ReadOnlySpan<byte> text) =>
        text.Length > 19 && (text[^1] is (byte)'Z' or (byte)'z' || text[^6] is (byte)'+' or (byte)'-');

    private static string FirstSentence(string message) => message.Split(". ", 2)[0];

    private static string Kind(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "object",
        JsonTokenType.StartArray => "array",
        JsonTokenType.String => "string",
        JsonTokenType.Number => "number",
        JsonTokenType.True or JsonTokenType.False => "boolean",
        JsonTokenType.Null => "null",
        _ => "fragment",
    };

    private static Fields FieldOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("model"u8)) return Fields.Model;
        if (reader.ValueTextEquals("ts"u8)) return Fields.Ts;
        if (reader.ValueTextEquals("metrics"u8)) return Fields.Metrics;
        if (reader.ValueTextEquals("labels"u8)) return Fields.Labels;
        return reader.ValueTextEquals("step"u8) ? Fields.Step : Fields.None;
    }

    private static string NameOf(Fields field) => field switch
    {
        Fields.Model => "model",
        Fields.Ts => "ts",
        Fields.Metrics => "metrics",
        Fields.Labels => "labels",
        _ => "step",
    };

    [Flags]
    private enum Fields
    {
        None = 0,
        Model = 1,
        Ts = 2,
        Metrics = 4,
        Labels = 8,
        Step = 16,
        Required = Model | Ts | Metrics,
    }
}
