using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// The part of OpenTelemetry's metrics that its two encodings share. Fields may come in any order: what a point takes from around it
/// (resource, scope, name, unit) is given to it when it is added, or at the end of that.
/// </summary>
internal struct OtlpPoints(PointBatch batch)
{
    // DataPointFlags.NO_RECORDED_VALUE_MASK.
    private const ulong NoRecordedValue = 1;

    private LabelRange _resource;
    private LabelRange _scope;
    private Text _name;
    private Text _unit;
    private int _firstOfResource;
    private int _firstOfScope;
    private int _firstOfMetric;
    private bool _isResourceLate;
    private bool _isScopeLate;
    private bool _isMetricLate;

    public void BeginResource()
    {
        _resource = default;
        _isResourceLate = false;
        _firstOfResource = batch.PointCount;
    }

    public void SetResource(int firstLabel)
    {
        _resource = batch.LabelsSince(firstLabel);
        _isResourceLate |= batch.PointCount > _firstOfResource;
    }

    public readonly void EndResource()
    {
        if (!_isResourceLate) return;
        for (var i = _firstOfResource; i < batch.PointCount; i++) batch.At(i).Resource = _resource;
        batch.RefuseTooManyLabels(_firstOfResource);
    }

    public void BeginScope()
    {
        _scope = default;
        _isScopeLate = false;
        _firstOfScope = batch.PointCount;
    }

    public void SetScope(int firstLabel)
    {
        _scope = batch.LabelsSince(firstLabel);
        _isScopeLate |= batch.PointCount > _firstOfScope;
    }

    public readonly void EndScope()
    {
        if (!_isScopeLate) return;
        for (var i = _firstOfScope; i < batch.PointCount; i++) batch.At(i).Scope = _scope;
        batch.RefuseTooManyLabels(_firstOfScope);
    }

    public void BeginMetric()
    {
        _name = _unit = default;
        _isMetricLate = false;
        _firstOfMetric = batch.PointCount;
    }

    public void SetName(Text name)
    {
        _name = name;
        _isMetricLate |= batch.PointCount > _firstOfMetric;
    }

    public void SetUnit(Text unit)
    {
        _unit = batch.GoodOrNone(unit);
        _isMetricLate |= batch.PointCount > _firstOfMetric;
    }

    /// <summary>Ends a metric; its points are refused where it has no name.</summary>
    public readonly void EndMetric()
    {
        if (batch.PointCount == _firstOfMetric) return;
        if (batch.ReasonOfName(_name) is var reason and not RefusalReason.None)
        {
            batch.RefuseOf(_name, reason, "the name of a metric");
            batch.KeepPoints(_firstOfMetric);
        }

        if (!_isMetricLate) return;
        for (var i = _firstOfMetric; i < batch.PointCount; i++) (batch.At(i).Name, batch.At(i).Unit) = (_name, _unit);
    }

    /// <summary>Ends the points of a metric, whose kind and temporality may stand behind them.</summary>
    public readonly void EndData(PointKind kind, int firstPoint, long temporality, bool isMonotonic)
    {
        if (kind == PointKind.Cumulative) SetSum(firstPoint, temporality, isMonotonic);
        else if (kind is PointKind.Histogram or PointKind.ExponentialHistogram) SetTemporality(firstPoint, temporality);
    }

    private readonly void SetSum(int firstPoint, long temporality, bool isMonotonic)
    {
        var (kind, flags) = ((Temporality)temporality, isMonotonic) switch
        {
            (Temporality.Cumulative, true) => (PointKind.Cumulative, PointFlags.None),
            (Temporality.Cumulative, false) => (PointKind.Gauge, PointFlags.None),
            (Temporality.Delta, true) => (PointKind.Delta, PointFlags.None),
            (Temporality.Delta, false) => (PointKind.Delta, PointFlags.NotMonotonic),
            _ => (PointKind.Untyped, PointFlags.None),
        };
        for (var i = firstPoint; i < batch.PointCount; i++)
        {
            ref var point = ref batch.At(i);
            point.Kind = kind;
            point.Temporality = Known(temporality);
            point.Flags |= flags;
        }
    }

    private readonly void SetTemporality(int firstPoint, long temporality)
    {
        for (var i = firstPoint; i < batch.PointCount; i++) batch.At(i).Temporality = Known(temporality);
    }

    public readonly ref Point Add(PointKind kind)
    {
        ref var point = ref batch.Add();
        point.Kind = kind;
        point.Resource = _resource;
        point.Scope = _scope;
        point.Name = _name;
        point.Unit = _unit;
        return ref point;
    }

    /// <summary>Ends the point that was added last; it is taken back where it can't be used.</summary>
    public readonly void EndNumber(int firstLabel, bool hasValue, ulong start, ulong time, ulong flags)
    {
        if (!TryEnd(firstLabel, start, time, flags)) return;
        if (!hasValue && !batch.Last.IsStale) batch.RefuseLast(RefusalReason.MissingField, "a point without value", firstLabel);
    }

    /// <summary>Ends a point with a distribution.</summary>
    public readonly void EndDistribution(int firstLabel, ulong start, ulong time, ulong flags)
    {
        if (!TryEnd(firstLabel, start, time, flags)) return;
        ref var point = ref batch.Last;
        ref readonly var distribution = ref batch.DistributionOf(point);
        var fault = point.Kind switch
        {
            PointKind.Histogram => HistogramRules.FaultOf(batch, distribution),
            PointKind.ExponentialHistogram => HistogramRules.FaultOfExponential(batch, distribution),
            _ => HistogramRules.FaultOfSummary(batch, distribution),
        };
        if (fault is not null)
            batch.RefuseLast(RefusalReason.BadHistogram, fault, firstLabel);
        else if (!point.IsStale)
            point.Value = HistogramRules.MeanOf(distribution);
    }

    private readonly bool TryEnd(int firstLabel, ulong start, ulong time, ulong flags)
    {
        if (!batch.KeepsLabels(firstLabel)) return false;
        ref var point = ref batch.Last;
        if (time > long.MaxValue)
        {
            batch.RefuseLast(RefusalReason.BadTime, $"time {time}", firstLabel);
            return false;
        }

        point.Time = time == 0 ? Point.NoTime : (long)time;
        point.StartTime = start > long.MaxValue ? 0 : (long)start;
        if ((flags & NoRecordedValue) == 0) return true;
        point.Flags |= PointFlags.Stale;
        point.Value = double.NaN;
        return true;
    }

    private static Temporality Known(long temporality) =>
        temporality is (long)Temporality.Delta or (long)Temporality.Cumulative ? (Temporality)temporality : Temporality.Unspecified;
}
