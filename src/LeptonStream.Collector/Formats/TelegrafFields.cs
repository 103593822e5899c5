using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// The fields of a line or an object of Telegraf, as points named <c>measurement_field</c>, or <c>measurement</c> where the field is named
/// <c>value</c>. Those that Telegraf scraped from a Prometheus page become what stood on the page:
/// <list type="bullet">
/// <item><c>metric_version = 2</c>: the measurement is <c>prometheus</c>, the field the metric; a bucket has the tag <c>le</c>.</item>
/// <item><c>metric_version = 1</c>: the measurement is the metric, and its fields are <c>gauge</c>, <c>counter</c>, or <c>count</c>,
/// <c>sum</c> and a field for each bucket or quantile.</item>
/// </list>
/// </summary>
internal sealed class TelegrafFields
{
    // Of a histogram or summary in one line.
    private const int MostNumbers = 2 * 1024;

    // Sum, count and the time of its creation.
    private const int MostOfSummary = 3;

    private readonly List<double> _pairs = [];
    private PointBatch _batch = null!;
    private Text _measurement;
    private LabelRange _labels;
    private int _first;
    private bool _isPage;
    private bool _isBucket;
    private Field _fields;
    private double _count;
    private double _sum;
    private double _created;

    [Flags]
    private enum Field
    {
        None = 0,
        Gauge = 1,
        Counter = 2,
        Count = 4,
        Sum = 8,
        Created = 16,

        /// <summary>A bound or a quantile.</summary>
        Number = 32,
        Other = 64,
    }

    /// <summary>Begins a line.</summary>
    public void Begin(PointBatch batch, Text measurement, LabelRange labels)
    {
        (_batch, _measurement, _labels, _first) = (batch, measurement, labels, batch.PointCount);
        (_fields, _count, _sum, _created) = (Field.None, double.NaN, double.NaN, 0);
        var name = batch.BytesOf(measurement);
        _isPage = name.SequenceEqual("prometheus"u8) || name.SequenceEqual("prometheus_remote_write"u8);
        _isBucket = batch.TryLabel(labels, "le"u8, out _);
        _pairs.Clear();
    }

    /// <summary>The name of a field's metric.</summary>
    public Text NameOf(Text key) => IsAlone(key) ? Alone(key) : _batch.Join(_measurement, key);

    /// <summary>Adds a field.</summary>
    public void Add(Text key, double value) => Add(key, NameOf(key), value);

    /// <summary>Adds a field.</summary>
    /// <param name="joined">The measurement and the field with an underscore between them.</param>
    /// <param name="value">Its value.</param>
    public void AddJoined(Text joined, double value)
    {
        var ahead = _measurement.Length + 1;
        var key = new Text(joined.Start + ahead, joined.Length - ahead);
        Add(key, IsAlone(key) ? Alone(key) : joined, value);
    }

    private bool IsAlone(Text key) => _isPage || _batch.BytesOf(key).SequenceEqual("value"u8);

    private Text Alone(Text key) => _isPage ? key : _measurement;

    private void Add(Text key, Text name, double value)
    {
        if (_batch.ReasonOfName(name) is var reason and not RefusalReason.None)
        {
            _batch.RefuseOf(name, reason, "the name of a metric");
            _fields |= Field.Other;
            return;
        }

        // One field that no page has is enough.
        if (!_isPage && (_fields & Field.Other) == 0) _fields |= FieldOf(_batch.BytesOf(key), value);
        ref var point = ref _batch.Add();
        point.Name = name;
        point.Labels = _labels;
        point.Value = value;
        if (_isBucket && _batch.BytesOf(name).EndsWith("_bucket"u8)) point.Flags = PointFlags.Part;
    }

    /// <summary>Says that there was a field that is no number.</summary>
    public void SkipOne() => _fields |= Field.Other;

    /// <summary>Ends the line; its points have no time yet.</summary>
    public void End()
    {
        if (_isPage && _batch.PointCount - _first <= MostOfSummary) MarkSumAndCount();
        switch (_fields & ~Field.Created)
        {
            case Field.Gauge:
                Rename(PointKind.Gauge);
                break;
            case Field.Counter:
                Rename(PointKind.Cumulative);
                break;
            case Field.Count | Field.Sum | Field.Number when _pairs.Count <= MostNumbers:
                Join();
                break;
        }
    }

    // A sum and a count of one name in one line belong to a histogram or summary, even where nothing else of it comes.
    private void MarkSumAndCount()
    {
        for (var i = _first; i < _batch.PointCount; i++)
        {
            var sum = _batch.BytesOf(_batch.At(i).Name);
            if (!sum.EndsWith("_sum"u8)) continue;
            for (var j = _first; j < _batch.PointCount; j++)
            {
                var count = _batch.BytesOf(_batch.At(j).Name);
                if (!count.EndsWith("_count"u8) || !count[..^6].SequenceEqual(sum[..^4])) continue;
                _batch.At(i).Flags = _batch.At(j).Flags = PointFlags.Part;
            }
        }
    }

    private Field FieldOf(ReadOnlySpan<byte> key, double value)
    {
        if (key.IsEmpty) return Field.Other;
        if (key[0] is (>= (byte)'0' and <= (byte)'9') or (byte)'+' or (byte)'-' && NumberText.TryRead(key, out var number))
        {
            _pairs.Add(number);
            _pairs.Add(value);
            return Field.Number;
        }

        if (key.SequenceEqual("gauge"u8)) return Take(ref _sum, value, Field.Gauge);
        if (key.SequenceEqual("counter"u8)) return Take(ref _sum, value, Field.Counter);
        if (key.SequenceEqual("count"u8)) return Take(ref _count, value, Field.Count);
        if (key.SequenceEqual("sum"u8)) return Take(ref _sum, value, Field.Sum);
        return key.SequenceEqual("created"u8) ? Take(ref _created, value, Field.Created) : Field.Other;
    }

    private static Field Take(ref double into, double value, Field field)
    {
        into = value;
        return field;
    }

    private void Rename(PointKind kind)
    {
        var value = _sum;
        ref var point = ref Only();
        point.Kind = kind;
        point.Value = value;
        if (kind == PointKind.Cumulative) point.Temporality = Temporality.Cumulative;
    }

    private void Join()
    {
        ref var point = ref Only();
        // A quantile is no more than 1. Buckets of text pages end with infinity; those of protobuf pages need not.
        var isHistogram = false;
        for (var i = 0; i < _pairs.Count; i += 2) isHistogram |= _pairs[i] is < 0 or > 1;
        point.Kind = isHistogram ? PointKind.Histogram : PointKind.Summary;
        point.Temporality = Temporality.Cumulative;
        var first = _batch.NumberCount;
        foreach (var number in _pairs) _batch.AddNumber(number);
        ref var distribution = ref _batch.AddDistribution();
        (distribution.Count, distribution.Sum, distribution.Counts) = (_count, _sum, _batch.NumbersSince(first));
        if (!PairedDistribution.TryFinish(_batch, ref point)) _batch.KeepPoints(_first);
    }

    // One point in place of those of the fields.
    private ref Point Only()
    {
        _batch.KeepPoints(_first);
        ref var point = ref _batch.Add();
        point.Name = _measurement;
        point.Labels = _labels;
        if (_created > 0 && Epoch.TryRead(_created, out var start)) point.StartTime = start;
        return ref point;
    }
}
