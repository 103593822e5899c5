using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>One walk over a page of metric families. Tags are field × 8 + wire type.</summary>
internal ref partial struct PrometheusProtoWalk(ReadOnlySpan<byte> page, PointBatch batch, int copyAt)
{
    private readonly int _end = page.Length;
    private ProtoReader _in = new(page);

    // The family at hand.
    private Text _name;
    private Text _unit;
    private FamilyType _type;

    // The metric at hand.
    private int _firstLabel;
    private long _time;

    /// <summary>The byte at which the page is none; null where it is one.</summary>
    public readonly int? FailedAt => _in.IsFailed ? _in.FailedAt : null;

    public void ReadAll()
    {
        while (_in.At < _end && !_in.IsFailed) ReadFamily(_in.Message(_end));
    }

    // Metrics may stand before the type and the unit of their family.
    private void ReadFamily(int end)
    {
        var start = _in;
        (_name, _unit, _type) = (default, default, FamilyType.Counter);
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2: _name = _in.Text(end, copyAt); break;
                case 3 << 3: _type = TypeOf(_in.Varint()); break;
                case (5 << 3) | 2: _unit = _in.Text(end, copyAt); break;
                default: _in.Skip(tag, end); break;
            }
        }

        if (_in.IsFailed) return;
        if (batch.ReasonOfName(_name) is var reason and not RefusalReason.None)
        {
            batch.RefuseOf(_name, reason, "the name of a family");
            return;
        }

        _unit = batch.GoodOrNone(_unit);
        _in = start;
        while (_in.TryTag(end, out var tag))
        {
            if (tag == ((4 << 3) | 2)) ReadMetric(_in.Message(end));
            else _in.Skip(tag, end);
        }
    }

    private void ReadMetric(int end)
    {
        _firstLabel = batch.LabelCount;
        _time = 0;
        var start = _in;
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2: ReadLabel(_in.Message(end)); break;
                case 6 << 3: _time = (long)_in.Varint(); break;
                default: _in.Skip(tag, end); break;
            }
        }

        if (_in.IsFailed) return;
        var before = batch.PointCount;
        _in = start;
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                // A metric has one of them.
                case ((2 << 3) | 2) or ((3 << 3) | 2) or ((5 << 3) | 2) when batch.PointCount == before: ReadValue(_in.Message(end)); break;
                case (4 << 3) | 2 when batch.PointCount == before: ReadSummary(_in.Message(end)); break;
                case (7 << 3) | 2 when batch.PointCount == before: ReadHistogram(_in.Message(end)); break;
                default: _in.Skip(tag, end); break;
            }
        }
    }

    private void ReadLabel(int end)
    {
        var (name, value) = _in.Pair(end, copyAt);
        // In Prometheus' data model an empty label is no label.
        if (!_in.IsFailed && !value.IsEmpty && batch.LabelCount - _firstLabel <= batch.Limits.Labels) batch.TryAddLabel(name, value);
    }

    // A gauge, a counter or something without a type: the same but for the time of creation.
    private void ReadValue(int end)
    {
        var (value, since) = (0.0, 0L);
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 1: value = _in.Double(); break;
                case (3 << 3) | 2: since = ReadTime(_in.Message(end)); break;
                default: _in.Skip(tag, end); break;
            }
        }

        if (_in.IsFailed || !TryAdd(since)) return;
        ref var point = ref batch.Last;
        (point.Kind, point.Temporality) = _type switch
        {
            FamilyType.Counter => (PointKind.Cumulative, Temporality.Cumulative),
            FamilyType.Gauge => (PointKind.Gauge, Temporality.Unspecified),
            _ => (PointKind.Untyped, Temporality.Unspecified),
        };
        point.Value = value;
        StaleMarker.Apply(ref point);
    }

    private bool TryAdd(long since)
    {
        if (!batch.MayAdd()) return false;
        if (!Epoch.TryRead(_time, out var time) && _time != 0)
        {
            batch.RefuseOf(_name, RefusalReason.BadTime, "a time");
            return false;
        }

        ref var point = ref batch.Add();
        (point.Name, point.Unit) = (_name, _unit);
        if (_time != 0) point.Time = time;
        point.StartTime = since;
        return batch.KeepsLabels(_firstLabel);
    }

    // google.protobuf.Timestamp.
    private long ReadTime(int end)
    {
        var (seconds, nanoseconds) = (0L, 0L);
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case 1 << 3: seconds = (long)_in.Varint(); break;
                case 2 << 3: nanoseconds = (long)_in.Varint(); break;
                default: _in.Skip(tag, end); break;
            }
        }

        // Until 2262; before 1970 nothing was created.
        return seconds is > 0 and < 9_223_372_036 && nanoseconds is >= 0 and < 1_000_000_000 ? (seconds * 1_000_000_000) + nanoseconds : 0;
    }

    private static FamilyType TypeOf(ulong type) => type switch
    {
        0 => FamilyType.Counter,
        1 => FamilyType.Gauge,
        2 => FamilyType.Summary,
        4 => FamilyType.Histogram,
        5 => FamilyType.GaugeHistogram,
        _ => FamilyType.Unknown,
    };
}
