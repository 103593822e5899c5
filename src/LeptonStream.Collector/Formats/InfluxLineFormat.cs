using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// InfluxDB's line protocol: <c>measurement,tag=value field=1,other=2i 1763856000000000000</c>. Each field is a point
/// (<see cref="TelegrafFields"/>). Booleans are 1 and 0; texts are left out. The unit of a time follows from its magnitude. A wrong line is
/// refused alone.
/// </summary>
internal sealed class InfluxLineFormat : IPayloadFormat
{
    private readonly TelegrafFields _fields = new();

    public string Name => "influx";

    public FormatOutcome Read(ReadOnlySpan<byte> payload, PointBatch into, in FormatLimits limits)
    {
        if (into.Begin(payload, limits) is { } refused) return refused;
        var copy = into.AddText(payload);
        var lines = new Lines(payload, into, _fields, copy.Start, Utf8.IsValid(payload));
        while (lines.TryNext())
        {
        }

        return into.End();
    }

    private ref struct Lines(ReadOnlySpan<byte> text, PointBatch batch, TelegrafFields fields, int copyAt, bool isUtf8)
    {
        private static readonly SearchValues<byte> NameEnds = SearchValues.Create(", \n\\"u8);
        private static readonly SearchValues<byte> KeyEnds = SearchValues.Create("=, \n\\"u8);
        private static readonly SearchValues<byte> NumberEnds = SearchValues.Create(", \r\n"u8);
        private static readonly SearchValues<byte> StringEnds = SearchValues.Create("\"\\"u8);

        private readonly ReadOnlySpan<byte> _text = text;
        private int _at;
        private int _line;

        public bool TryNext()
        {
            if (_at >= _text.Length) return false;
            _line++;
            var from = _at;
            var firstPoint = batch.PointCount;
            var firstLabel = batch.LabelCount;
            var fault = ReadLine(firstPoint, firstLabel);
            if (fault == RefusalReason.None && !isUtf8 && !Utf8.IsValid(_text[from.._at])) fault = RefusalReason.InvalidUtf8;
            if (fault != RefusalReason.None)
            {
                batch.KeepPoints(firstPoint);
                batch.KeepLabels(firstLabel);
                batch.Refuse(fault, batch.KeepsDetails ? LinePlace.Of(fault, _line, _text, from, _at) : "");
            }

            SkipLine();
            return true;
        }

        private RefusalReason ReadLine(int firstPoint, int firstLabel)
        {
            SkipBlanks();
            if (IsAtEndOfLine || _text[_at] == (byte)'#') return RefusalReason.None;
            var measurement = Token(NameEnds, out var stop);
            if (measurement.IsEmpty || stop is not ((byte)',' or (byte)' ')) return RefusalReason.MissingField;
            while (stop == ',')
            {
                _at++;
                var name = Token(KeyEnds, out stop);
                if (stop != '=') return RefusalReason.Malformed;
                _at++;
                // A tag's value ends where a key does; an equals sign in it stands escaped.
                var value = Token(KeyEnds, out stop);
                if (name.IsEmpty || value.IsEmpty || stop is not ((byte)',' or (byte)' ')) return RefusalReason.Malformed;
                if (batch.LabelCount - firstLabel >= batch.Limits.Labels) return RefusalReason.TooManyLabels;
                batch.TryAddLabel(name, value);
            }

            if (!batch.IsGood(measurement)) return batch.ReasonOf(measurement);
            var labels = batch.LabelsSince(firstLabel);
            return ReadFields(measurement, labels, firstPoint);
        }

        private RefusalReason ReadFields(Text measurement, LabelRange labels, int firstPoint)
        {
            SkipBlanks();
            fields.Begin(batch, measurement, labels);
            while (true)
            {
                var key = Token(KeyEnds, out var stop);
                if (key.IsEmpty || stop != '=') return RefusalReason.MissingField;
                _at++;
                var reason = ReadValue(out var value);
                if (reason == RefusalReason.TextValue) SkipText(key);
                else if (reason != RefusalReason.None) return reason;
                else if (!batch.MayAdd()) return RefusalReason.None;
                else fields.Add(key, value);
                if (_at >= _text.Length || _text[_at] != (byte)',') break;
                _at++;
            }

            fields.End();
            return ReadTime(firstPoint);
        }

        private readonly void SkipText(Text key)
        {
            batch.RefuseOf(key, RefusalReason.TextValue, "a text");
            fields.SkipOne();
        }

        private RefusalReason ReadValue(out double value)
        {
            value = 0;
            if (_at < _text.Length && _text[_at] == (byte)'"') return SkipString() ? RefusalReason.TextValue : RefusalReason.Malformed;
            var rest = _text[_at..];
            var length = rest.IndexOfAny(NumberEnds);
            var word = length < 0 ? rest : rest[..length];
            if (!TryNumber(word, out value)) return RefusalReason.BadNumber;
            _at += word.Length;
            return RefusalReason.None;
        }

        private static bool TryNumber(ReadOnlySpan<byte> word, out double value)
        {
            value = 0;
            if (word.IsEmpty) return false;
            switch (word[^1])
            {
                case (byte)'i':
                    if (NumberText.TryDigits(word[..^1], out var digits))
                    {
                        value = digits;
                        return true;
                    }

                    var isLong = long.TryParse(word[..^1], CultureInfo.InvariantCulture, out var whole);
                    value = whole;
                    return isLong;
                case (byte)'u':
                    var isUnsigned = ulong.TryParse(word[..^1], CultureInfo.InvariantCulture, out var unsigned);
                    value = unsigned;
                    return isUnsigned;
                default:
                    return NumberText.TryRead(word, out value) || TryBoolean(word, out value);
            }
        }

        private static bool TryBoolean(ReadOnlySpan<byte> word, out double value)
        {
            var isTrue = word.SequenceEqual("t"u8) || word.SequenceEqual("T"u8) || Ascii.EqualsIgnoreCase(word, "true"u8);
            value = isTrue ? 1 : 0;
            return isTrue || word.SequenceEqual("f"u8) || word.SequenceEqual("F"u8) || Ascii.EqualsIgnoreCase(word, "false"u8);
        }

        // A text may go over several lines.
        private bool SkipString()
        {
            _at++;
            while (true)
            {
                var next = _at < _text.Length ? _text[_at..].IndexOfAny(StringEnds) : -1;
                if (next < 0) return false;
                _at += next + 1;
                if (_text[_at - 1] == (byte)'"') return true;
                _at++;
            }
        }

        private RefusalReason ReadTime(int firstPoint)
        {
            SkipBlanks();
            if (IsAtEndOfLine) return RefusalReason.None;
            var rest = _text[_at..];
            var length = rest.IndexOfAny((byte)' ', (byte)'\r', (byte)'\n');
            var word = length < 0 ? rest : rest[..length];
            if (!long.TryParse(word, CultureInfo.InvariantCulture, out var number)) return RefusalReason.BadTime;
            if (!Epoch.TryRead(number, out var time)) return RefusalReason.BadTime;
            for (var i = firstPoint; i < batch.PointCount; i++) batch.At(i).Time = time;
            _at += word.Length;
            SkipBlanks();
            return IsAtEndOfLine ? RefusalReason.None : RefusalReason.Malformed;
        }

        private readonly bool IsAtEndOfLine => _at >= _text.Length || _text[_at] is (byte)'\n' or (byte)'\r';

        private void SkipBlanks()
        {
            while (_at < _text.Length && _text[_at] == (byte)' ') _at++;
        }

        private void SkipLine()
        {
            var next = _at < _text.Length ? _text[_at..].IndexOf((byte)'\n') : -1;
            _at = next < 0 ? _text.Length : _at + next + 1;
        }

        /// <summary>Reads up to one of the ends that no backslash stands before; 0 is the end of the payload.</summary>
        private Text Token(SearchValues<byte> ends, out byte stop)
        {
            var from = _at;
            var isEscaped = false;
            while (true)
            {
                var next = _at < _text.Length ? _text[_at..].IndexOfAny(ends) : -1;
                _at = next < 0 ? _text.Length : _at + next;
                stop = next < 0 ? (byte)0 : _text[_at];
                if (stop != '\\') break;
                isEscaped = true;
                // A backslash at the end of a line escapes nothing.
                _at += _at + 1 < _text.Length && _text[_at + 1] != (byte)'\n' ? 2 : 1;
            }

            return isEscaped ? Unescaped(_text[from.._at]) : new(copyAt + from, _at - from);
        }

        // A backslash before anything else than a comma, an equals sign or a blank stands for itself.
        private readonly Text Unescaped(ReadOnlySpan<byte> token)
        {
            var room = batch.Room(token.Length);
            var used = 0;
            for (var i = 0; i < token.Length; i++)
            {
                if (token[i] == (byte)'\\' && i + 1 < token.Length && token[i + 1] is (byte)',' or (byte)'=' or (byte)' ') i++;
                room[used++] = token[i];
            }

            return batch.Keep(used);
        }
    }
}
