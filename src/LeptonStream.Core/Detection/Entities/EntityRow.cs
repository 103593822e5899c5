using System.Numerics;
using LeptonStream.Detection.Engines;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Store;
using LeptonStream.Detection.Training;
using LeptonStream.Detectors.Forest;
using LeptonStream.Forecasting;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Entities;

/// <summary>
/// The last values of an entity's metrics, side by side: one row of a table that grows with time. A metric keeps its place until it is
/// forgotten, or silent where room is needed.
/// </summary>
internal sealed class EntityRow
{
    /// <summary>The most metrics an entity is judged by; where all of them speak, further ones are judged alone.</summary>
    public const int MaxMetrics = StreamingForest.MaxFeatures;

    private static readonly EntitiesTuning Tuning = EntitiesTuning.Default;

    // A metric that was silent for so many of its intervals has no say.
    private static readonly double FreshIntervals = Tuning.FreshIntervals;

    // Residuals further out are all alike: the forest tells rows apart, not miracles.
    private static readonly float MaxResidual = Tuning.MaxResidual;

    // A metric has its part where its value is rarer than one in thirty, and its part is a tenth of the whole.
    private static readonly double MinSurprise = Tuning.MinSurprise;
    private static readonly double MinShare = Tuning.MinShare;

    private static readonly TimeSpan Silence = TimeSpan.FromHours(1);

    private readonly List<SeriesState?> _metrics = new(1);
    private readonly List<Latest> _latest = new(1);

    /// <summary>Number of places.</summary>
    public int Count => _metrics.Count;

    /// <summary>Time of the newest sample.</summary>
    public Timestamp Time { get; private set; } = Timestamp.Never;

    /// <summary>The series in a place; null where it was forgotten.</summary>
    public SeriesState? this[int place] => _metrics[place];

    /// <summary>Log time at which any of the series spoke last.</summary>
    public Timestamp Heard
    {
        get
        {
            var heard = Timestamp.Zero;
            foreach (var series in _metrics)
                if (series is not null && series.Heard > heard) heard = series.Heard;
            return heard;
        }
    }

    /// <summary>Whether an alert of one of the series in these places is open, and opened since a time.</summary>
    /// <param name="places">As bits.</param>
    /// <param name="since">Event time.</param>
    public bool HasOpenAlertAt(ulong places, Timestamp since)
    {
        for (; places != 0; places &= places - 1)
            if (_metrics[BitOperations.TrailingZeroCount(places)] is { Alert.IsPublished: true } one && one.Alert.OpenedAt >= since)
                return true;
        return false;
    }

    /// <summary>Whether training mode may judge one of the series.</summary>
    public bool HasRoles => _metrics.Exists(m => m is { Role: not TrainingRole.None });

    /// <summary>Takes a series in.</summary>
    /// <param name="series">The series.</param>
    /// <param name="now">Event time.</param>
    /// <returns>Its place, or −1 where there is none left.</returns>
    public int Join(SeriesState series, Timestamp now)
    {
        if (_metrics.Count == MaxMetrics) return -1;
        // Most rows get their places in the first minute, and then keep them: no room is left over.
        if (_metrics.Count == _metrics.Capacity) _latest.Capacity = _metrics.Capacity = Count + 1 + (Count / 4);
        _metrics.Add(series);
        _latest.Add(Latest.None(now));
        return _metrics.Count - 1;
    }

    /// <summary>The first of the series that goes by this name, its own or its canonical one; null where none does.</summary>
    public SeriesState? Find(string name)
    {
        foreach (var series in _metrics)
            if (series is not null && (series.Metric == name || series.Policy.Preset?.Canonical == name)) return series;
        return null;
    }

    /// <summary>Gives a series the place that it had.</summary>
    /// <exception cref="SnapshotCorruptException">There is no such place, or another series has it.</exception>
    public void Restore(SeriesState series, int place)
    {
        if (place >= Count || _metrics[place] is not null)
            throw new SnapshotCorruptException($"two series in place {place} of {Count}, or none there");
        _metrics[place] = series;
    }

    /// <summary>
    /// Takes a series in where there is no place left: in that of the one that was silent longest, an hour at least. One that has a role,
    /// in a training run or an engine, needs no such silence of one that has none: who watches those finds them in their places.
    /// </summary>
    /// <param name="series">The series.</param>
    /// <param name="now">Event time.</param>
    /// <returns>Its place, of which nothing that was learned is true any more; −1 where all have something to say.</returns>
    public int TakeOver(SeriesState series, Timestamp now)
    {
        var (hasRole, place) = (HasRole(series), -1);
        for (var i = 0; i < Count; i++)
        {
            if (hasRole && _metrics[i] is { } other && HasRole(other)) continue;
            if (place < 0 || _latest[i].Sample.Time < _latest[place].Sample.Time) place = i;
        }

        if (place < 0 || (!hasRole && now - _latest[place].Sample.Time < Silence)) return -1;
        if (_metrics[place] is { } silent) silent.Place = -1;
        _metrics[place] = series;
        _latest[place] = Latest.None(now);
        return place;
    }

    /// <summary>Lets a series go. Its place stays empty: what was learned of the places must stay true.</summary>
    public void Leave(int place)
    {
        _metrics[place] = null;
        _latest[place] = Latest.Nothing;
    }

    /// <summary>Takes the newest sample of a metric and what was expected of it.</summary>
    public void Set(int place, in Judgement judgement)
    {
        _latest[place] = new(judgement.Sample, judgement.Forecast, judgement.Band, judgement.Surprise);
        if (judgement.Sample.Time > Time) Time = judgement.Sample.Time;
    }

    /// <summary>The residuals of the metrics that have a say, in scales of their forecasts; NaN for the others.</summary>
    public void Residuals(Span<float> residuals)
    {
        for (var i = 0; i < Count; i++) residuals[i] = IsFresh(i) ? _latest[i].Residual : float.NaN;
    }

    /// <summary>
    /// How surprising the row is: √Σ of the metrics' surprises squared, in decades. Small surprises of many metrics add up.
    /// </summary>
    public double Energy() => Math.Sqrt(SquaredEnergy());

    /// <summary>Surprise of a metric's newest value, in decades; 0 where it has no say.</summary>
    public double SurpriseOf(int place) => IsFresh(place) ? _latest[place].Surprise : 0;

    /// <summary>The newest value of a metric as it is judged: of a counter, its rate.</summary>
    public double ValueOf(int place) => _latest[place].Sample.Value;

    /// <summary>The newest value of a metric and what was expected, as a verdict that changed nothing.</summary>
    public Judgement NewestOf(int place) => new(_latest[place].Sample, 0, AlertChange.None, _latest[place].Forecast, _latest[place].Band);

    /// <summary>The places of the metrics that have their part in the row's energy, as bits.</summary>
    public ulong Contributors()
    {
        var least = MinShare * SquaredEnergy();
        var places = 0UL;
        for (var i = 0; i < Count; i++)
        {
            var surprise = SurpriseOf(i);
            if (surprise >= MinSurprise && surprise * surprise >= least) places |= 1UL << i;
        }

        return places;
    }

    /// <summary>The names of the metrics in these places.</summary>
    /// <param name="places">As bits.</param>
    public string[] NamesOf(ulong places) =>
        [.. Enumerable.Range(0, Count).Where(i => ((places >> i) & 1) != 0 && _metrics[i] is not null).Select(i =>
            _metrics[i]!.Metric)];

    /// <summary>Writes everything a bit-equal copy needs, but the series.</summary>
    public void Save(StateWriter state)
    {
        state.Write(Count);
        state.Write(Time.UnixNanoseconds);
        foreach (var latest in _latest)
        {
            state.Write(latest.Sample.Time.UnixNanoseconds);
            state.Write(latest.Sample.Value);
            state.Write(latest.Sample.Step);
            state.Write(latest.Forecast.Expected);
            state.Write(latest.Forecast.Scale);
            state.Write(latest.Band.Expected);
            state.Write(latest.Band.HalfWidth);
            state.Write(latest.Surprise);
        }
    }

    /// <summary>
    /// Reads what <see cref="Save"/> wrote on a row of the same places, or an empty one, whose places then wait for <see cref="Restore"/>.
    /// </summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        var count = state.ReadCount(MaxMetrics);
        if (Count == 0)
        {
            _metrics.AddRange(new SeriesState?[count]);
            _latest.AddRange(Enumerable.Repeat(Latest.Nothing, count));
        }

        if (count != Count) throw new SnapshotCorruptException($"a row of {count} metrics where {Count} are");
        Time = new(state.ReadInt64());
        for (var i = 0; i < _latest.Count; i++)
        {
            var (time, value, step) = (state.ReadInt64(), state.ReadDouble(), state.ReadInt64());
            var (expected, scale) = (state.ReadDouble(), state.ReadDouble());
            var band = new ExpectedBand(state.ReadDouble(), state.ReadDouble());
            _latest[i] = new(new(new(time), value, step), new(expected, scale), band, state.ReadDouble());
        }
    }

    private static bool HasRole(SeriesState series) => series.Role != TrainingRole.None || series.Engine != EngineRole.None;

    private double SquaredEnergy()
    {
        double sum = 0;
        for (var i = 0; i < Count; i++)
        {
            var surprise = SurpriseOf(i);
            sum += surprise * surprise;
        }

        return sum;
    }

    /// <summary>Whether a metric has a say: it spoke within two of its intervals before the newest.</summary>
    public bool IsFresh(int place) =>
        _metrics[place] is { } series && (Time - _latest[place].Sample.Time).TotalSeconds <= FreshIntervals * series.IntervalSeconds;

    private readonly record struct Latest(Sample Sample, Forecast Forecast, ExpectedBand Band, double Surprise)
    {
        public static readonly Latest Nothing = new(default, Forecast.None, ExpectedBand.None, 0);

        // The first sample of a counter has no rate: until its second the series is here, silent since it came, and not since 1970.
        public static Latest None(Timestamp since) => new(new(since, double.NaN), Forecast.None, ExpectedBand.None, 0);

        public float Residual
        {
            get
            {
                var residual = (float)((Sample.Value - Forecast.Expected) / Forecast.Scale);
                return float.IsNaN(residual) ? float.NaN : Math.Clamp(residual, -MaxResidual, MaxResidual);
            }
        }
    }
}
