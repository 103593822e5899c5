using System.Buffers;
using System.Text;
using System.Text.Json;

namespace LeptonStream.Samples;

/// <content>Single values: texts, times, steps and numbers, in the forms that producers write.</content>
public sealed partial class NativeJsonFormat
{
    // Beyond it a whole number in a double may be another one than the producer meant.
    private const double LargestWhole = 1L << 53;

    // Of a time that is refused.
    private const int MaxGivenBytes = 48;

    // U+0000 to U+001F and U+007F; U+0080 to U+009F are 0xC2 and a byte up to 0x9F in UTF-8.
    private static readonly SearchValues<byte> ControlBytes =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), 0x7F, 0xC2]);

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
        if (HoldsControl(room[..length])) return Refuse(RejectReason.InvalidText, $"'{field}' holds a control character");
        slice = batch.Keep(length);
        return RejectReason.None;
    }

    private RejectReason ReadModel(ref Utf8JsonReader reader, SampleBatch batch, out SampleBatch.Slice slice)
    {
        var reason = ReadText(ref reader, "model", limits.NameBytes, batch, out slice);
        // A bare NaN has become a string; a model that is missing in the producer's table is none.
        return reason == RejectReason.None && _quoted && NonFiniteWord.TryRead(batch.BytesOf(slice), out _)
            ? Refuse(RejectReason.WrongType, "'model' is no string")
            : reason;
    }

    // A rank of 3 and a flag of true are written as they are: the text is the label.
    private RejectReason ReadLabelValue(ref Utf8JsonReader reader, string field, SampleBatch batch, out SampleBatch.Slice slice)
    {
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False))
            return ReadText(ref reader, field, limits.LabelValueBytes, batch, out slice);
        slice = default;
        var text = reader.ValueSpan;
        if (text.Length > limits.LabelValueBytes)
            return Refuse(RejectReason.InvalidText, $"'{field}' is longer than {limits.LabelValueBytes} bytes");
        text.CopyTo(batch.Room(text.Length));
        slice = batch.Keep(text.Length);
        return RejectReason.None;
    }

    // The same is no version as is no label.
    private RejectReason ReadVersion(ref Utf8JsonReader reader, SampleBatch batch, out SampleBatch.Slice slice)
    {
        slice = default;
        if (reader.TokenType == JsonTokenType.Null || (reader.TokenType == JsonTokenType.String && reader.ValueSpan.IsEmpty))
            return RejectReason.None;
        return ReadLabelValue(ref reader, "model_version", batch, out slice);
    }

    private RejectReason ReadTime(ref Utf8JsonReader reader, Timestamp logTime, SampleBatch batch, out Timestamp time)
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
                return Refuse(RejectReason.TimeOutOfRange, $"'ts' is {Given(reader.ValueSpan)}, which is no epoch number");
            case JsonTokenType.String when TimeText.TryRead(ref reader, out time):
                break;
            case JsonTokenType.String:
                return Refuse(RejectReason.WrongType, "'ts' is no RFC 3339 time with an offset, such as 2026-11-22T10:00:00.000Z");
            default:
                return Refuse(RejectReason.WrongType, $"'ts' is a JSON {Kind(reader.TokenType)}, not a string or a number");
        }

        if (time < limits.Earliest)
            return Refuse(RejectReason.TimeOutOfRange, $"'ts' is {Given(reader.ValueSpan, time)}, before {limits.Earliest}");
        if (time > logTime + limits.Ahead)
        {
            return Refuse(RejectReason.TimeOutOfRange,
                $"'ts' is {Given(reader.ValueSpan, time)}, more than {limits.Ahead} ahead of the record's log time {logTime}");
        }

        SetBack(ref time, logTime, batch);
        return RejectReason.None;
    }

    private void SetBack(ref Timestamp time, Timestamp logTime, SampleBatch batch)
    {
        if (time <= logTime + limits.Skew) return;
        time = logTime + limits.Skew;
        batch.TimesSetBack++;
    }

    // As the producer wrote it, and as it was understood: the unit of a number may be another than the producer meant. Beyond the range of
    // instants there is no time to name.
    private static string Given(ReadOnlySpan<byte> raw, Timestamp time)
    {
        var text = Given(raw);
        return time.UnixNanoseconds is long.MinValue or long.MaxValue || text == $"{time}" ? text : $"{text} ({time})";
    }

    private static string Given(ReadOnlySpan<byte> raw) => Encoding.UTF8.GetString(raw[..Math.Min(raw.Length, MaxGivenBytes)]);

    private RejectReason ReadStep(ref Utf8JsonReader reader, out long step)
    {
        step = Sample.NoStep;
        if (reader.TokenType == JsonTokenType.Null) return RejectReason.None;
        if (reader.TokenType == JsonTokenType.Number && TryGetWhole(ref reader, out step) && step >= 0) return RejectReason.None;
        return Refuse(RejectReason.WrongType, "'step' is not a whole number from 0");
    }

    // 100.0 and 1e2 are whole too: languages with one type of number write them so.
    private static bool TryGetWhole(ref Utf8JsonReader reader, out long whole)
    {
        if (reader.TryGetInt64(out whole)) return true;
        if (!reader.TryGetDouble(out var number) || number != Math.Floor(number) || Math.Abs(number) > LargestWhole) return false;
        whole = (long)number;
        return true;
    }

    // JSON has no NaN: producers say it as a string, in their language's word (docs/events.md); null means not measured.
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
            case JsonTokenType.String when NonFiniteWord.TryRead(reader.ValueSpan, out value):
                return RejectReason.None;
            default:
                return Refuse(
                    RejectReason.WrongType,
                    $"a value of 'metrics' is a JSON {Kind(reader.TokenType)}, "
                        + $"not a number (or \"NaN\", \"Infinity\", \"-Infinity\", null)");
        }
    }

    private static bool HoldsControl(ReadOnlySpan<byte> text)
    {
        for (var at = text.IndexOfAny(ControlBytes); at >= 0; at = text.IndexOfAny(ControlBytes))
        {
            // Valid UTF-8: a byte follows.
            if (text[at] != 0xC2 || text[at + 1] <= 0x9F) return true;
            text = text[(at + 2)..];
        }

        return false;
    }

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
}
