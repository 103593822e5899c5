using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>One walk over an OTLP payload, from the outermost message to its points. Tags are field × 8 + wire type.</summary>
internal ref partial struct OtlpProtoWalk(ReadOnlySpan<byte> payload, PointBatch batch, int copyAt, AttributeJson json)
{
    private const uint StartTime = (2 << 3) | 1;
    private const uint Time = (3 << 3) | 1;

    private readonly ReadOnlySpan<byte> _payload = payload;
    private ProtoReader _in = new(payload);
    private OtlpPoints _points = new(batch);

    /// <summary>Where the bytes stopped to be OTLP; null where they are all of it.</summary>
    public readonly int? FailedAt => _in.IsFailed ? _in.FailedAt : null;

    /// <summary>Whether they stopped because attributes nest deeper than allowed.</summary>
    public bool IsTooDeep { get; private set; }

    public void ReadAll()
    {
        var end = _payload.Length;
        while (_in.TryTag(end, out var tag))
        {
            if (tag == ((1 << 3) | 2)) ReadResourceMetrics(_in.Message(end));
            else _in.Skip(tag, end);
        }
    }

    private void ReadResourceMetrics(int end)
    {
        _points.BeginResource();
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2: ReadResource(_in.Message(end)); break;
                case (2 << 3) | 2: ReadScopeMetrics(_in.Message(end)); break;
                default: _in.Skip(tag, end); break;
            }
        }

        _points.EndResource();
    }

    private void ReadResource(int end)
    {
        var first = batch.LabelCount;
        while (_in.TryTag(end, out var tag))
        {
            if (tag == ((1 << 3) | 2)) ReadAttribute(_in.Message(end), first);
            else _in.Skip(tag, end);
        }

        _points.SetResource(first);
    }

    private void ReadScopeMetrics(int end)
    {
        _points.BeginScope();
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2: ReadScope(_in.Message(end)); break;
                case (2 << 3) | 2: ReadMetric(_in.Message(end)); break;
                default: _in.Skip(tag, end); break;
            }
        }

        _points.EndScope();
    }

    private void ReadScope(int end)
    {
        var first = batch.LabelCount;
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2: AddScopeLabel("otel.scope.name"u8, end); break;
                case (2 << 3) | 2: AddScopeLabel("otel.scope.version"u8, end); break;
                case (3 << 3) | 2: ReadAttribute(_in.Message(end), first); break;
                default: _in.Skip(tag, end); break;
            }
        }

        _points.SetScope(first);
    }

    private void AddScopeLabel(ReadOnlySpan<byte> name, int end)
    {
        var value = _in.Text(end, copyAt);
        if (!value.IsEmpty) batch.TryAddLabel(batch.AddText(name), value);
    }

    private void ReadMetric(int end)
    {
        _points.BeginMetric();
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2: _points.SetName(_in.Text(end, copyAt)); break;
                case (3 << 3) | 2: _points.SetUnit(_in.Text(end, copyAt)); break;
                case (5 << 3) | 2: ReadData(PointKind.Gauge, _in.Message(end)); break;
                case (7 << 3) | 2: ReadData(PointKind.Cumulative, _in.Message(end)); break;
                case (9 << 3) | 2: ReadData(PointKind.Histogram, _in.Message(end)); break;
                case (10 << 3) | 2: ReadData(PointKind.ExponentialHistogram, _in.Message(end)); break;
                case (11 << 3) | 2: ReadData(PointKind.Summary, _in.Message(end)); break;
                default: _in.Skip(tag, end); break;
            }
        }

        _points.EndMetric();
    }

    // Gauge, Sum, Histogram, ExponentialHistogram and Summary have the same fields at the same numbers.
    private void ReadData(PointKind kind, int end)
    {
        var first = batch.PointCount;
        var temporality = 0UL;
        var isMonotonic = false;
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2: ReadPoint(kind, _in.Message(end)); break;
                case 2 << 3: temporality = _in.Varint(); break;
                case 3 << 3: isMonotonic = _in.Varint() != 0; break;
                default: _in.Skip(tag, end); break;
            }
        }

        _points.EndData(kind, first, (long)temporality, isMonotonic);
    }

    private void ReadPoint(PointKind kind, int end)
    {
        if (!batch.MayAdd())
        {
            _in.SkipTo(end);
            return;
        }

        switch (kind)
        {
            case PointKind.Histogram: ReadHistogram(end); break;
            case PointKind.ExponentialHistogram: ReadExponential(end); break;
            case PointKind.Summary: ReadSummary(end); break;
            default: ReadNumber(kind, end); break;
        }
    }

    private void ReadNumber(PointKind kind, int end)
    {
        var firstLabel = batch.LabelCount;
        ref var point = ref _points.Add(kind);
        ulong start = 0, time = 0, flags = 0;
        var hasValue = false;
        while (_in.TryTag(end, out var tag))
        {
            switch (tag)
            {
                case StartTime: start = _in.Fixed64(); break;
                case Time: time = _in.Fixed64(); break;
                case (4 << 3) | 1:
                    point.Value = _in.Double();
                    hasValue = true;
                    break;
                case (6 << 3) | 1:
                    point.Value = (long)_in.Fixed64();
                    hasValue = true;
                    break;
                case (7 << 3) | 2: ReadAttribute(_in.Message(end), firstLabel); break;
                case 8 << 3: flags = _in.Varint(); break;
                default: _in.Skip(tag, end); break;
            }
        }

        _points.EndNumber(firstLabel, hasValue, start, time, flags);
    }
}
