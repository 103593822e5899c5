using System.Globalization;
using System.Text;
using System.Text.Json;
using LeptonStream.Collector.Points;
using LeptonStream.Samples;
using FormatLimits = LeptonStream.Collector.Points.FormatLimits;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// A format whose payload is one JSON object, an array of them, or several one after the other (newline-delimited JSON). A wrong object
/// is refused alone where the next one begins a line.
/// </summary>
internal abstract class JsonFormat : IPayloadFormat
{
    private const int LongestGiven = 60;

    private readonly BareNumbers _bareNumbers = new();
    private bool _meetsBareNumbers;
    private bool _mayQuote;
    private bool _isWithinList;
    private int _wrong;

    public abstract string Name { get; }

    protected PointBatch Batch { get; private set; } = null!;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    // Lists that were cut to lines keep their commas, C programs send the end of their strings, and JSON sequences begin with 1E. Behind a
    // fault the end of the list around it may follow.
    private ReadOnlySpan<byte> Separators => _isWithinList ? " \t\r\n,\0\u001e]"u8 : " \t\r\n,\0\u001e"u8;

    public FormatOutcome Read(ReadOnlySpan<byte> payload, PointBatch into, in FormatLimits limits)
    {
        if (into.Begin(payload, limits) is { } refused) return refused;
        Batch = into;
        if (payload.StartsWith(ByteOrderMark)) payload = payload[ByteOrderMark.Length..];
        _wrong = 0;
        _isWithinList = false;
        // Python writes numbers for which JSON has no word; the first such payload costs an exception, later ones are asked before.
        _mayQuote = !_meetsBareNumbers;
        var rest = _meetsBareNumbers && _bareNumbers.TryQuote(payload) ? _bareNumbers.Quoted : payload;
        rest = rest.TrimStart(Separators);
        if (rest.IsEmpty) return into.RefuseAll(RefusalReason.Empty, "the payload is blank");
        for (var done = 0; !rest.IsEmpty;)
        {
            var length = rest.Length;
            if (TryReadValue(rest, done, out var end, out var isQuoted)) rest = rest[end..].TrimStart(Separators);
            else rest = (isQuoted ? _bareNumbers.Quoted : rest[end..]).TrimStart(Separators);
            done += Math.Max(0, length - rest.Length);
        }

        return into.End();
    }

    /// <summary>Reads an object; the reader stands at its beginning, and then at its end.</summary>
    protected abstract void ReadObject(ref Utf8JsonReader json);

    // Each wrong object costs an exception; behind so many the rest is refused.
    private const int MostWrong = 64;

    /// <summary>
    /// Reads one value. Where it is wrong, its objects before the fault are kept, and <paramref name="end"/> is where the next line begins
    /// an object: a line that was cut loses itself alone.
    /// </summary>
    private bool TryReadValue(ReadOnlySpan<byte> text, int offset, out int end, out bool isQuoted)
    {
        var json = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = Batch.Limits.Depth });
        var (good, goodEnd) = (Batch.Here, 0);
        isQuoted = false;
        try
        {
            json.Read();
            if (json.TokenType != JsonTokenType.StartArray)
            {
                ReadMember(ref json, "a value that is neither an object nor an array of objects");
            }
            else
            {
                while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                {
                    ReadMember(ref json, "a member of the array is no object");
                    (good, goodEnd) = (Batch.Here, (int)json.BytesConsumed);
                }
            }

            end = (int)json.BytesConsumed;
            return true;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            Batch.GoBackTo(good);
            var isText = wrong is InvalidOperationException;
            end = goodEnd;
            _isWithinList = true;
            if (_mayQuote && !isText)
            {
                _mayQuote = false;
                _meetsBareNumbers = isQuoted = _bareNumbers.TryQuote(text[goodEnd..]);
                if (isQuoted) return false;
            }

            Refuse(json, isText, offset);
            end = ++_wrong < MostWrong ? NextLine(text, goodEnd) : text.Length;
            return false;
        }
    }

    private void Refuse(in Utf8JsonReader json, bool isText, int offset)
    {
        var place = offset + json.BytesConsumed;
        if (isText) Batch.Refuse(RefusalReason.InvalidUtf8, $"a text before byte {place} is not UTF-8, or has an escape for no character");
        else if (json.CurrentDepth >= Batch.Limits.Depth - 1)
            Batch.Refuse(RefusalReason.TooDeep, $"nested deeper than {Batch.Limits.Depth} levels at byte {place}");
        else Batch.Refuse(RefusalReason.Malformed, $"not JSON at byte {place}");
    }

    // An object within another one is indented, where it begins a line at all.
    private int NextLine(ReadOnlySpan<byte> text, int from)
    {
        var wrong = text[from..].TrimStart(Separators);
        var next = wrong.IndexOf("\n{"u8);
        return next < 0 ? text.Length : text.Length - wrong.Length + next + 1;
    }

    private void ReadMember(ref Utf8JsonReader json, string otherwise)
    {
        if (json.TokenType == JsonTokenType.StartObject)
        {
            ReadObject(ref json);
            return;
        }

        Batch.Refuse(RefusalReason.WrongType, otherwise);
        json.Skip();
    }

    /// <summary>Steps to the name of the next property of an object; false at its end.</summary>
    protected static bool TryProperty(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    /// <summary>Keeps the string or the name that the reader stands at.</summary>
    protected Text Keep(ref Utf8JsonReader json) => Batch.Keep(json.CopyString(Batch.Room(json.ValueSpan.Length)));

    /// <summary>Keeps a label's value: numbers as they are written; empty where it is null, a list or a map.</summary>
    protected Text KeepValue(ref Utf8JsonReader json)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.String: return Keep(ref json);
            case JsonTokenType.Number: return Batch.AddText(json.ValueSpan);
            case JsonTokenType.True: return Batch.AddText("true"u8);
            case JsonTokenType.False: return Batch.AddText("false"u8);
            default:
                json.Skip();
                return default;
        }
    }

    /// <summary>Reads an object of labels; one without value is left out.</summary>
    protected void ReadLabels(ref Utf8JsonReader json, int firstLabel, ref Text metric)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }

        while (TryProperty(ref json))
        {
            var name = Keep(ref json);
            json.Read();
            var value = KeepValue(ref json);
            if (Batch.BytesOf(name).SequenceEqual("__name__"u8)) metric = value;
            else if (!value.IsEmpty && Batch.LabelCount - firstLabel <= Batch.Limits.Labels) Batch.TryAddLabel(name, value);
        }
    }

    /// <summary>Reads a number: a JSON number, a string that holds one (NaN, +Inf), or a boolean as 1 and 0.</summary>
    protected static RefusalReason ReadNumber(ref Utf8JsonReader json, out double value)
    {
        value = double.NaN;
        switch (json.TokenType)
        {
            case JsonTokenType.Number:
                return NumberText.TryRead(json.ValueSpan, out value) ? RefusalReason.None : RefusalReason.BadNumber;
            case JsonTokenType.String:
                return !json.ValueIsEscaped && NumberText.TryRead(json.ValueSpan, out value) ? RefusalReason.None : RefusalReason.TextValue;
            case JsonTokenType.True or JsonTokenType.False:
                value = json.TokenType == JsonTokenType.True ? 1 : 0;
                return RefusalReason.None;
            case JsonTokenType.Null:
                return RefusalReason.NoValue;
            default:
                json.Skip();
                return RefusalReason.WrongType;
        }
    }

    /// <summary>The words for a value that is no number.</summary>
    protected string NotANumber(in Utf8JsonReader json) => Batch.KeepsDetails ? $"{Given(json)} is no number" : "";

    /// <summary>The words for a value that is no time.</summary>
    protected string NotATime(string field, in Utf8JsonReader json) =>
        Batch.KeepsDetails ? $"{field} is {Given(json)}: {Epoch.Numbers}, or a text as RFC 3339 has it" : "";

    // The value that was read last.
    private static string Given(in Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.String or JsonTokenType.Number =>
            $"'{Encoding.UTF8.GetString(json.ValueSpan[..Math.Min(json.ValueSpan.Length, LongestGiven)])}'",
        JsonTokenType.True or JsonTokenType.False => "a truth value",
        JsonTokenType.Null => "null",
        JsonTokenType.EndObject => "an object",
        _ => "a list",
    };

    /// <summary>Reads a time: a number, whose unit follows from its magnitude, or a text in RFC 3339 or with such a number.</summary>
    protected static bool TryTime(ref Utf8JsonReader json, out long time)
    {
        time = Point.NoTime;
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return true;
            case JsonTokenType.Number or JsonTokenType.String when !json.ValueIsEscaped:
                if (long.TryParse(json.ValueSpan, CultureInfo.InvariantCulture, out var whole)) return Epoch.TryRead(whole, out time);
                if (NumberText.TryRead(json.ValueSpan, out var number)) return Epoch.TryRead(number, out time);
                if (!TimeText.TryRead(json.ValueSpan, out var instant)) return false;
                time = instant.UnixNanoseconds;
                return time >= 0;
            default:
                json.Skip();
                return false;
        }
    }

    /// <summary>Ends the point that was added last, with the labels since one.</summary>
    protected void End(int firstLabel, double value, long time)
    {
        ref var point = ref Batch.Last;
        point.Value = value;
        point.Time = time;
        if (Batch.ReasonOfName(point.Name) is var reason and not RefusalReason.None)
        {
            Batch.RefuseLast(reason, "the name of a metric", firstLabel);
            return;
        }

        Batch.KeepsLabels(firstLabel);
    }
}
