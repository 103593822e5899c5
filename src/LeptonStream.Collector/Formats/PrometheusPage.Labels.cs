using LeptonStream.Collector.Points;
using static LeptonStream.Collector.Formats.MetricFamily;

namespace LeptonStream.Collector.Formats;

/// <summary>Labels and comments of a page.</summary>
internal ref partial struct PrometheusPage
{
    // {name="value",...}; the metric's name may stand first, in quotes, where it is more than letters and digits.
    private RefusalReason ReadLabels(ref Text name, ref Role role, int firstLabel)
    {
        _at++;
        while (true)
        {
            SkipBlanks();
            if (_at >= _text.Length) return RefusalReason.Malformed;
            if (_text[_at] == (byte)'}') break;
            var fault = ReadLabel(ref name, ref role, firstLabel);
            if (fault != RefusalReason.None) return fault;
            SkipBlanks();
            if (_at < _text.Length && _text[_at] == (byte)',') _at++;
            else if (_at >= _text.Length || _text[_at] != (byte)'}') return RefusalReason.Malformed;
        }

        _at++;
        return RefusalReason.None;
    }

    private RefusalReason ReadLabel(ref Text name, ref Role role, int firstLabel)
    {
        Text label;
        if (_text[_at] == (byte)'"')
        {
            if (!TryQuoted(out label)) return RefusalReason.Malformed;
            SkipBlanks();
            if (_at < _text.Length && _text[_at] is (byte)',' or (byte)'}')
            {
                if (!name.IsEmpty || label.IsEmpty) return RefusalReason.Malformed;
                name = label;
                role = RoleOf(name);
                return RefusalReason.None;
            }
        }
        else
        {
            var from = _at;
            while (_at < _text.Length && _text[_at] is not ((byte)'=' or (byte)' ' or (byte)'\t' or (byte)'\n')) _at++;
            label = new(copyAt + from, _at - from);
            SkipBlanks();
        }

        if (_at >= _text.Length || _text[_at] != (byte)'=' || label.IsEmpty) return RefusalReason.Malformed;
        _at++;
        SkipBlanks();
        if (_at >= _text.Length || _text[_at] != (byte)'"' || !TryQuoted(out var value)) return RefusalReason.Malformed;
        return TakeLabel(label, value, role, firstLabel);
    }

    private RefusalReason TakeLabel(Text label, Text value, Role role, int firstLabel)
    {
        var bytes = batch.BytesOf(label);
        if ((role == Role.Bucket && bytes.SequenceEqual("le"u8)) || (role == Role.Quantile && bytes.SequenceEqual("quantile"u8)))
        {
            _special = value;
            _hasSpecial = true;
            return RefusalReason.None;
        }

        if (batch.LabelCount - firstLabel >= batch.Limits.Labels) return RefusalReason.TooManyLabels;
        // Only families whose lines belong together are looked up by their labels.
        if (family.Type is FamilyType.Histogram or FamilyType.GaugeHistogram or FamilyType.Summary or FamilyType.Counter)
            _labelsHash = (_labelsHash * 31) + HashOf(bytes, batch.BytesOf(value));
        batch.TryAddLabel(label, value);
        return RefusalReason.None;
    }

    private bool TryQuoted(out Text value)
    {
        value = default;
        var from = ++_at;
        var isEscaped = false;
        while (true)
        {
            var next = _at < _text.Length ? _text[_at..].IndexOfAny(QuoteEnds) : -1;
            if (next < 0) return false;
            _at += next;
            if (_text[_at] == (byte)'\n') return false;
            if (_text[_at] == (byte)'"') break;
            isEscaped = true;
            if (_at + 1 >= _text.Length || _text[_at + 1] == (byte)'\n') return false;
            _at += 2;
        }

        value = isEscaped ? Unescaped(_text[from.._at]) : new(copyAt + from, _at - from);
        _at++;
        return true;
    }

    private readonly Text Unescaped(ReadOnlySpan<byte> quoted)
    {
        var room = batch.Room(quoted.Length);
        var used = 0;
        for (var i = 0; i < quoted.Length; i++)
        {
            var unit = quoted[i];
            if (unit == (byte)'\\' && i + 1 < quoted.Length)
            {
                i++;
                // Anything else that is escaped keeps its backslash, as Prometheus itself does.
                if (quoted[i] is not ((byte)'\\' or (byte)'"' or (byte)'n')) room[used++] = unit;
                unit = quoted[i] == (byte)'n' ? (byte)'\n' : quoted[i];
            }

            room[used++] = unit;
        }

        return batch.Keep(used);
    }

    // # TYPE name type, # UNIT name unit; all others mean nothing here.
    private RefusalReason ReadComment()
    {
        _at++;
        SkipBlanks();
        var keyword = batch.BytesOf(Word(WordEnds));
        var isType = keyword.SequenceEqual("TYPE"u8);
        if (!isType && !keyword.SequenceEqual("UNIT"u8)) return RefusalReason.None;
        SkipBlanks();
        Text name;
        if (_at < _text.Length && _text[_at] == (byte)'"')
        {
            if (!TryQuoted(out name)) return RefusalReason.Malformed;
        }
        else
        {
            name = Word(WordEnds);
        }

        SkipBlanks();
        var word = Word(WordEnds);
        if (name.IsEmpty) return RefusalReason.MissingField;
        if (!batch.BytesOf(name).SequenceEqual(batch.BytesOf(family.Name)) || family.IsBegun)
        {
            family.End();
            family.Begin(batch, name);
        }

        if (isType) family.Type = TypeOf(batch.BytesOf(word));
        else family.Unit = batch.GoodOrNone(word);
        return RefusalReason.None;
    }

    private static FamilyType TypeOf(ReadOnlySpan<byte> word) => word switch
    {
        _ when word.SequenceEqual("counter"u8) => FamilyType.Counter,
        _ when word.SequenceEqual("gauge"u8) => FamilyType.Gauge,
        _ when word.SequenceEqual("histogram"u8) => FamilyType.Histogram,
        _ when word.SequenceEqual("gaugehistogram"u8) => FamilyType.GaugeHistogram,
        _ when word.SequenceEqual("summary"u8) => FamilyType.Summary,
        _ when word.SequenceEqual("info"u8) => FamilyType.Info,
        _ when word.SequenceEqual("stateset"u8) => FamilyType.StateSet,
        _ => FamilyType.Unknown,
    };
}
