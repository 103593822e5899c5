using LeptonStream.Alerts;
using LeptonStream.Detectors;
using LeptonStream.Forecasting;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Detection;

/// <summary>Everything that is known of one series. <see cref="SeriesPipeline"/> is what acts on it.</summary>
public sealed class SeriesState
{
    /// <summary>Points kept for the chart of an event.</summary>
    public const int ChartPoints = 120;

    /// <summary>Rarities are counted per five minutes, whatever the sampling interval.</summary>
    internal const double ReferenceSeconds = 300;

    private readonly ChartPoint[] _points = new ChartPoint[ChartPoints];
    private int _pointCount;
    private double _intervalSeconds;

    /// <summary>Makes the state of a series that is seen for the first time.</summary>
    public SeriesState(SeriesId id, SeriesKey key, DetectionPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        Id = id;
        Key = key;
        Window = new(policy.Window);
        Alert = new(policy.Timing);
        Detectors = DetectorCatalog.Create();
        Calibrators = [.. Detectors.Select(d => d.Kind == DetectorKind.Rule ? null : new TailCalibrator())];
    }

    /// <summary>The series' id.</summary>
    public SeriesId Id { get; }

    /// <summary>What the series is.</summary>
    public SeriesKey Key { get; }

    /// <summary>The last values.</summary>
    public RollingWindow Window { get; }

    /// <summary>What is expected next.</summary>
    public HoltWintersForecaster Forecaster { get; } = new();

    /// <summary>How far its values usually lie from their mean.</summary>
    public LongDeviation LongDeviation { get; } = new();

    /// <summary>The life of its alert.</summary>
    public AlertTracker Alert { get; }

    /// <summary>Time of its first sample.</summary>
    public Timestamp FirstTime { get; set; }

    /// <summary>Time of its newest sample.</summary>
    public Timestamp LastTime { get; set; } = new(long.MinValue);

    /// <summary>The usual time between two samples, in seconds; 0 until there were two.</summary>
    public double IntervalSeconds
    {
        get => _intervalSeconds;
        set
        {
            if (value == _intervalSeconds) return;
            _intervalSeconds = value;
            IntervalDecades = Math.Log10(Math.Max(value, 1e-3) / ReferenceSeconds);
        }
    }

    /// <summary>The interval against five minutes, as a power of ten: what rarities counted per sample lack to those counted per time.</summary>
    public double IntervalDecades { get; private set; } = Math.Log10(1e-3 / ReferenceSeconds);

    /// <summary>Samples learned since the series began or its normal was accepted anew.</summary>
    public int Learned { get; set; }

    internal ISeriesDetector[] Detectors { get; }

    // One for each detector that is no rule, in the order of the catalogue.
    internal TailCalibrator?[] Calibrators { get; }

    internal void Chart(Timestamp time, double value, in Judgement judgement)
    {
        _points[_pointCount % ChartPoints] = new(time, (float)value, (float)judgement.Forecast.Expected, (float)judgement.Lower, (float)judgement.Upper);
        // Counts on beyond the ring's end; kept small for good.
        _pointCount = _pointCount + 1 == 2 * ChartPoints ? ChartPoints : _pointCount + 1;
    }

    internal AlertPoint[] Points()
    {
        var kept = Math.Min(_pointCount, ChartPoints);
        var points = new AlertPoint[kept];
        for (var i = 0; i < kept; i++)
        {
            var (time, value, expected, lower, upper) = _points[(_pointCount - kept + i) % ChartPoints];
            points[i] = new(time, value, expected, lower, upper);
        }

        return points;
    }

    /// <summary>Writes everything a bit-equal copy needs, but the id and the key.</summary>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Write(FirstTime.UnixNanoseconds);
        state.Write(LastTime.UnixNanoseconds);
        state.Write(IntervalSeconds);
        state.Write(Learned);
        Window.Save(state);
        Forecaster.Save(state);
        LongDeviation.Save(state);
        Alert.Save(state);
        foreach (var detector in Detectors) detector.Save(state);
        foreach (var calibrator in Calibrators) calibrator?.Save(state);
        var points = Points();
        state.Write(points.Length);
        foreach (var point in points)
        {
            state.Write(point.Time.UnixNanoseconds);
            state.Write(point.Value);
            state.Write(point.Expected);
            state.Write(point.Lower);
            state.Write(point.Upper);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote on a series of the same policy.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        FirstTime = new(state.ReadInt64());
        LastTime = new(state.ReadInt64());
        IntervalSeconds = state.ReadDouble();
        Learned = state.ReadCount(int.MaxValue);
        Window.Load(ref state);
        Forecaster.Load(ref state);
        LongDeviation.Load(ref state);
        Alert.Load(ref state);
        foreach (var detector in Detectors) detector.Load(ref state);
        foreach (var calibrator in Calibrators) calibrator?.Load(ref state);
        _pointCount = state.ReadCount(ChartPoints);
        for (var i = 0; i < _pointCount; i++)
            _points[i] = new(new(state.ReadInt64()), (float)state.ReadDouble(), (float)state.ReadDouble(), (float)state.ReadDouble(), (float)state.ReadDouble());
    }

    // A chart shows no more than float has, in half the memory.
    private readonly record struct ChartPoint(Timestamp Time, float Value, float Expected, float Lower, float Upper);
}
