using System.Buffers;
using System.IO.Hashing;
using System.Text.Unicode;
using LeptonStream.Collector.Points;
using static LeptonStream.Collector.Formats.MetricFamily;

namespace LeptonStream.Collector.Formats;

/// <summary>One walk over a page, line by line.</summary>
internal ref partial struct PrometheusPage(ReadOnlySpan<byte> text, PointBatch batch, int copyAt, MetricFamily family, bool isUtf8)
{
    private static readonly SearchValues<byte> NameEnds = SearchValues.Create("{ \t\n"u8);
    private static readonly SearchValues<byte> WordEnds = SearchValues.Create(" \t\r\n"u8);
    private static readonly SearchValues<byte> QuoteEnds = SearchValues.Create("\"\\\n"u8);

    private readonly ReadOnlySpan<byte> _text = text;
    private int _at;
    private int _line;
    private ulong _labelsHash;
    private Text _special;
    private bool _hasSpecial;

    public void ReadAll()
    {
        family.Begin(batch, default);
        while (_at < _text.Length)
        {
            _line++;
            var from = _at;
            var firstLabel = batch.LabelCount;
            var fault = ReadLine(firstLabel);
            if (fault != RefusalReason.None)
            {
                // A line adds its point as the last thing it does.
                batch.KeepLabels(firstLabel);
                batch.Refuse(fault, batch.KeepsDetails ? LinePlace.Of(fault, _line, _text, from, _at) : "");
            }

            SkipLine();
        }

        family.End();
    }

    private RefusalReason ReadLine(int firstLabel)
    {
        SkipBlanks();
        if (IsAtEndOfLine) return RefusalReason.None;
        if (_text[_at] == (byte)'#') return ReadComment();
        if (!isUtf8 && !Utf8.IsValid(RestOfLine)) return RefusalReason.InvalidUtf8;
        var name = Word(NameEnds);
        _labelsHash = 0;
        _special = default;
        _hasSpecial = false;
        var role = name.IsEmpty ? Role.None : RoleOf(name);
        SkipBlanks();
        if (_at < _text.Length && _text[_at] == (byte)'{')
        {
            var fault = ReadLabels(ref name, ref role, firstLabel);
            if (fault != RefusalReason.None) return fault;
        }

        if (name.IsEmpty) return RefusalReason.MissingField;
        if (!batch.IsGood(name)) return batch.ReasonOf(name);
        SkipBlanks();
        if (!NumberText.TryRead(batch.BytesOf(Word(WordEnds)), out var value)) return RefusalReason.BadNumber;
        var time = Point.NoTime;
        var reason = ReadTime(ref time);
        return reason != RefusalReason.None ? reason : Add(name, role, value, time, firstLabel);
    }

    // A name outside the family at hand ends it.
    private readonly Role RoleOf(Text name)
    {
        var role = family.RoleOf(batch.BytesOf(name));
        if (role != Role.None) return role;
        family.End();
        family.Begin(batch, name);
        return Role.Value;
    }

    private readonly RefusalReason Add(Text name, Role role, double value, long time, int firstLabel)
    {
        if (batch.LabelCount - firstLabel > batch.Limits.Labels) return RefusalReason.TooManyLabels;
        if (role == Role.Value && family.Type is not (FamilyType.Histogram or FamilyType.GaugeHistogram))
            return AddValue(name, value, time, firstLabel);
        return role switch
        {
            Role.Created => AddCreated(value, firstLabel),
            // A histogram without any suffix is none.
            Role.Value => RefusalReason.BadHistogram,
            _ => AddPart(role, value, time, firstLabel),
        };
    }

    private readonly RefusalReason AddValue(Text name, double value, long time, int firstLabel)
    {
        if (!batch.MayAdd()) return RefusalReason.None;
        ref var point = ref batch.Add();
        point.Name = name;
        point.Unit = family.Unit;
        point.Labels = batch.LabelsSince(firstLabel);
        point.Value = value;
        point.Time = time;
        (point.Kind, point.Temporality) = family.Type switch
        {
            FamilyType.Unknown => (PointKind.Untyped, Temporality.Unspecified),
            FamilyType.Counter => (PointKind.Cumulative, Temporality.Cumulative),
            _ => (PointKind.Gauge, Temporality.Unspecified),
        };
        StaleMarker.Apply(ref point);
        family.Remember(_labelsHash, batch.PointCount - 1);
        return RefusalReason.None;
    }

    private readonly RefusalReason AddCreated(double value, int firstLabel)
    {
        if (!Epoch.TryRead(value, out var created)) return RefusalReason.BadTime;
        var at = family.Find(_labelsHash);
        if (at >= 0) batch.At(at).StartTime = created;
        batch.KeepLabels(firstLabel);
        return RefusalReason.None;
    }

    private readonly RefusalReason AddPart(Role role, double value, long time, int firstLabel)
    {
        double place = 0;
        if (!batch.MayAddNumbers(2)) return RefusalReason.BadHistogram;
        if (role is Role.Bucket or Role.Quantile)
        {
            if (!_hasSpecial) return RefusalReason.MissingField;
            if (!NumberText.TryRead(batch.BytesOf(_special), out place)) return RefusalReason.BadNumber;
        }

        var at = family.PointOf(_labelsHash, firstLabel);
        if (at < 0) return RefusalReason.None;
        ref var point = ref batch.At(at);
        if (time != Point.NoTime) point.Time = time;
        ref var distribution = ref batch.DistributionToChange(point);
        switch (role)
        {
            case Role.Sum: distribution.Sum = value; break;
            case Role.Count: distribution.Count = value; break;
            default:
                if (distribution.Counts.Count / 2 > batch.Limits.Buckets || !batch.MayAddNumbers(distribution.Counts.Count + 2))
                    return RefusalReason.BadHistogram;
                distribution.Counts = batch.Append(batch.Append(distribution.Counts, place), value);
                break;
        }

        return RefusalReason.None;
    }

    // Milliseconds in Prometheus' own format, seconds with a fraction in OpenMetrics; behind it an exemplar may stand.
    private RefusalReason ReadTime(ref long time)
    {
        SkipBlanks();
        if (!IsAtEndOfLine && _text[_at] != (byte)'#')
        {
            var word = Word(WordEnds);
            if (!NumberText.TryRead(batch.BytesOf(word), out var number) || !Epoch.TryRead(number, out time))
                return RefusalReason.BadTime;
            SkipBlanks();
        }

        return IsAtEndOfLine || _text[_at] == (byte)'#' ? RefusalReason.None : RefusalReason.Malformed;
    }

    private readonly bool IsAtEndOfLine => _at >= _text.Length || _text[_at] is (byte)'\n' or (byte)'\r';

    private readonly ReadOnlySpan<byte> RestOfLine
    {
        get
        {
            var rest = _text[_at..];
            var end = rest.IndexOf((byte)'\n');
            return end < 0 ? rest : rest[..end];
        }
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\t') _at++;
    }

    private void SkipLine()
    {
        var next = _at < _text.Length ? _text[_at..].IndexOf((byte)'\n') : -1;
        _at = next < 0 ? _text.Length : _at + next + 1;
    }

    private Text Word(SearchValues<byte> ends)
    {
        var from = _at;
        var next = _at < _text.Length ? _text[_at..].IndexOfAny(ends) : -1;
        _at = next < 0 ? _text.Length : _at + next;
        return new(copyAt + from, _at - from);
    }

    private static ulong HashOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        XxHash3.HashToUInt64(value, (long)XxHash3.HashToUInt64(name));
}
