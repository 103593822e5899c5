using LeptonStream.Detection.Policies;
using LeptonStream.Detectors;
using LeptonStream.Forecasting;
using LeptonStream.Samples;
using LeptonStream.State;
using System.Runtime.InteropServices;

namespace LeptonStream.Detection.Lifecycle;

/// <summary>
/// The baseline before an alert's onset: level, daily or weekly course, and band, none of which learns any more. While the alert is open
/// it is held against this; the series learns its new level beside it.
/// </summary>
internal sealed partial class FrozenBaseline
{
    // So small a part of the trouble is none.
    private const double Little = 1 / 3.0;

    // So many usual values to one other: noise goes further, too.
    private const int UsualPerOther = 10;

    // One sample beyond an edge is chance; so many in a row, all on one side, are not.
    private const int SamplesOfASide = 3;

    private Numbers _numbers;

    /// <summary>The ranges of the hours of earlier days.</summary>
    public ref readonly HourRanges Hours => ref _numbers.Hours;

    /// <summary>Beginning of the trouble.</summary>
    public Timestamp Onset => new(_numbers.Onset);

    /// <summary>
    /// Whether the values lie outside the band of what was normal (1 above, −1 below), so that the end of the trouble is their return; 0
    /// where something else is wrong.
    /// </summary>
    public int Side => _numbers.Side;

    /// <summary>Whether a new policy does not ask for trouble on its side, which that before did.</summary>
    public bool IsUnasked => _numbers.IsUnasked;

    /// <summary>
    /// How far the values of the trouble lie from the baseline: the mean of those that go half as far at least; 0 before the first.
    /// </summary>
    public double Reach => _numbers.Reach;

    /// <summary>Whether the series has learned a new level since.</summary>
    public bool HasRelearned => _numbers.HasRelearned;

    /// <summary>
    /// Whether the values have long been where the series usually is, far from the trouble, though not where the baseline says: it was
    /// taken while other trouble was on. The trouble is over.
    /// </summary>
    public bool HasSettled => _numbers.HasSettled;

    /// <summary>
    /// Takes whether a sample was anomalous to what the series learns beside the baseline. A level that it followed without an anomaly, or
    /// came to by beginning again, is learned after <see cref="AlertTiming.RelearnSamples"/> ordinary samples in a row.
    /// </summary>
    public void Follow(in Sample sample, bool isAnomalous, bool relearns, AlertTiming timing)
    {
        var enough = timing.RelearnSamples;
        _numbers.Ordinary = isAnomalous ? 0 : Math.Min(_numbers.Ordinary + 1, enough);
        _numbers.HasRelearned |= relearns || _numbers.Ordinary >= enough;
        var far = _numbers.Side * (sample.Value - At(sample.Time).Expected);
        var isUsual = IsUsualAgain(sample)
            || (sample.Value >= _numbers.Low && sample.Value <= _numbers.High && far <= Little * _numbers.Reach);
        if (sample.Value != _numbers.Away) _numbers.Away = double.NaN;
        _numbers.Usual = isUsual ? Math.Min(_numbers.Usual + 1, enough) : Math.Max(0, _numbers.Usual - UsualPerOther);
        if (_numbers.Usual == 0) _numbers.UsualSince = sample.Time.UnixNanoseconds;
        _numbers.HasSettled = _numbers.Side != 0 && _numbers.Usual >= enough
            && sample.Time - new Timestamp(_numbers.UsualSince) >= timing.RelearnAfter;
    }

    /// <summary>Takes that another policy looks at one side or at both.</summary>
    public void Adopt(Direction before, Direction now) => _numbers.IsUnasked |= IsAsked(before) && !IsAsked(now);

    /// <summary>Keeps what was normal before the change that opened an alert.</summary>
    /// <param name="forecaster">The forecaster as it is: it may have learned some of the change already.</param>
    /// <param name="before">The onset, and the band that was expected there.</param>
    /// <param name="usual">The usual range of the series.</param>
    /// <param name="hours">The usual ranges of its hours.</param>
    /// <param name="now">The sample that opened the alert.</param>
    public static FrozenBaseline Before(in HoltWintersForecaster forecaster, (Timestamp Onset, ExpectedBand Band) before,
        (double Low, double High) usual, in HourRanges hours, in Sample now)
    {
        var shift = before.Band.Expected - forecaster.Predict(before.Onset).Expected;
        var frozen = new FrozenBaseline();
        frozen._numbers = Numbers.Fresh with
        {
            Forecaster = forecaster,
            Onset = before.Onset.UnixNanoseconds,
            Shift = double.IsFinite(shift) ? shift : 0,
            HalfWidth = double.IsFinite(before.Band.HalfWidth) ? before.Band.HalfWidth : 0,
            Low = usual.Low,
            High = usual.High,
            UsualSince = now.Time.UnixNanoseconds,
        };
        frozen.TakeHours(hours);
        frozen._numbers.Side = frozen.SideOf(now);
        return frozen;
    }

    /// <summary>Keeps the one value that a series had before it changed.</summary>
    /// <param name="forecaster">The forecaster as it is.</param>
    /// <param name="before">The time of the change, and the value until then with what does not count as a change.</param>
    /// <param name="now">The sample that opened the alert.</param>
    public static FrozenBaseline OfConstant(HoltWintersForecaster forecaster, (Timestamp Onset, ExpectedBand Band) before, in Sample now)
    {
        forecaster.Rebase(new(before.Onset, before.Band.Expected));
        return Before(forecaster, before, (before.Band.Lower, before.Band.Upper), default, now);
    }

    /// <summary>
    /// Whether a value is back: on the right side of the band's edge that was crossed. Beyond the other edge it may go as far as the series
    /// usually does; further is other trouble.
    /// </summary>
    public bool IsBack(in Sample sample)
    {
        if (HasSettled) return true;
        return IsWithin(sample) && CreepAt(sample.Time) != _numbers.Side;
    }

    /// <summary>The position of a value; none where no side is known.</summary>
    public BaselineStand StandOf(in Sample sample)
    {
        if (_numbers.Side == 0) return BaselineStand.None;
        return IsBack(sample) ? BaselineStand.Back : IsWithin(sample) ? BaselineStand.Lingering : BaselineStand.Away;
    }

    /// <summary>
    /// Takes a value of trouble whose first sample lay within the band, or was no number: a few in a row beyond one edge are its side.
    /// </summary>
    /// <param name="sample">The value.</param>
    /// <param name="intervalSeconds">The usual time between two, in seconds.</param>
    /// <param name="isReading">Whether a rule finds the reading itself broken, as one that stands still.</param>
    public void FollowTrouble(in Sample sample, double intervalSeconds, bool isReading)
    {
        if (isReading) _numbers.ReadSince = 0;
        else if (_numbers.ReadSince == 0) _numbers.ReadSince = sample.Time.UnixNanoseconds;
        FollowMean(sample, intervalSeconds);
        if (_numbers.Side == 0) _numbers.Side = CreepAt(sample.Time);
        if (_numbers.Side != 0) return;
        var side = SideOf(sample);
        _numbers.Beyond = side == Math.Sign(_numbers.Beyond) ? _numbers.Beyond + side : side;
        if (Math.Abs(_numbers.Beyond) >= SamplesOfASide) _numbers.Side = side;
    }

    /// <summary>Takes a reading that is no number.</summary>
    public void Interrupt() => _numbers.ReadSince = 0;

    /// <summary>For how long no reading was broken.</summary>
    public TimeSpan ReadFor(Timestamp now) => _numbers.ReadSince == 0 ? TimeSpan.Zero : now - new Timestamp(_numbers.ReadSince);

    /// <summary>Takes how far a value of the trouble lies.</summary>
    public void Measure(in Sample sample)
    {
        _numbers.Away = sample.Value;
        var far = _numbers.Side * (sample.Value - At(sample.Time).Expected);
        if (!(far > 0) || far < _numbers.Reach / 2) return;
        _numbers.Reach += (far - _numbers.Reach) / ++_numbers.Measured;
    }

    /// <summary>The forecaster to go on with after recovery.</summary>
    public HoltWintersForecaster Restore(Timestamp now)
    {
        var forecaster = _numbers.Forecaster;
        forecaster.Shift(At(now).Expected - forecaster.Predict(now).Expected);
        return forecaster;
    }

    public void Save(StateWriter state) => state.WriteBlock(MemoryMarshal.AsBytes(new ReadOnlySpan<Numbers>(in _numbers)));

    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public static FrozenBaseline Load(ref StateReader state)
    {
        var frozen = new FrozenBaseline();
        state.ReadBlock(ref frozen._numbers);
        return frozen;
    }

    private ExpectedBand LevelAt(Timestamp time) =>
        new(_numbers.Forecaster.Predict(time).Expected + _numbers.Shift, _numbers.HalfWidth);

    // Trouble that stands still where the series is at another hour has not ended by that.
    private bool IsWithin(in Sample sample)
    {
        if (sample.Value == _numbers.Away) return false;
        var band = At(sample.Time);
        return _numbers.Side > 0
            ? sample.Value <= band.Upper && sample.Value >= Math.Min(band.Lower, _numbers.Low)
            : sample.Value >= band.Lower && sample.Value <= Math.Max(band.Upper, _numbers.High);
    }

    private int SideOf(in Sample sample)
    {
        var band = At(sample.Time);
        return sample.Value > band.Upper ? 1 : sample.Value < band.Lower ? -1 : 0;
    }

    private bool IsAsked(Direction direction) => direction switch
    {
        Direction.Up => _numbers.Side >= 0,
        Direction.Down => _numbers.Side <= 0,
        _ => true,
    };

    internal struct Numbers : IFreshState<Numbers>
    {
        /// <inheritdoc/>
        public static Numbers Fresh => new() { Away = double.NaN };

        public HoltWintersForecaster Forecaster;
        public long Onset;
        public double Shift;
        public double HalfWidth;
        public double Low;
        public double High;
        public double Reach;
        public int Measured;
        public int Side;
        public int Beyond;
        public int Ordinary;
        public int Usual;
        public long UsualSince;
        public HourRanges Hours;

        /// <summary>The first sample since which no reading was broken; 0 where the last one was.</summary>
        public long ReadSince;
        public double Away;
        public double Mean;
        public bool Creeps;
        public bool HasCourse;
        public bool HasRelearned;
        public bool HasSettled;
        public bool IsUnasked;
    }
}
