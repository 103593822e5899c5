using LeptonStream.Samples;
using LeptonStream.State;
using System.Runtime.InteropServices;

namespace LeptonStream.Detection.Lifecycle;

/// <summary>
/// The fault of a critical alert that recovered: on which side of the baseline its values lay, and how far. A fault that returns within
/// thirty hours (the same hour of the next day is among them) is known at once, whatever the series has learned of it, and as critical as
/// it was: it is one incident, and takes nothing from the budgets. After five returns it is for the detectors again, as a score that was
/// reached five times is counted (<see cref="Calibration.TailCalibrator"/>).
/// </summary>
internal sealed class KnownFault
{
    /// <summary>Returns that are known.</summary>
    public const int MostReturns = 5;

    // A value that goes half as far is of the same fault, as of the same burst.
    private const double Alike = 0.5;

    private static readonly TimeSpan Remembered = TimeSpan.FromHours(30);

    // So soon after its end a fault was only interrupted.
    private static readonly TimeSpan Interrupted = TimeSpan.FromHours(2);

    private Numbers _numbers;

    private KnownFault(in Numbers numbers) => _numbers = numbers;

    /// <summary>Event time at which its last alert ended.</summary>
    public Timestamp Ended => new(_numbers.Ended);

    /// <summary>Keeps the fault of a critical alert that recovered.</summary>
    /// <param name="baseline">The baseline that it was held against.</param>
    /// <param name="worst">The worst score of the alert.</param>
    /// <param name="now">The sample that ended it.</param>
    /// <param name="before">The fault that was known before; null where none was.</param>
    public static KnownFault Of(FrozenBaseline baseline, double worst, Timestamp now, KnownFault? before)
    {
        var isSame = before?.IsOf(baseline) == true;
        return new(new()
        {
            Ended = now.UnixNanoseconds,
            Reach = baseline.Reach,
            Score = isSame ? Math.Max(worst, before!._numbers.Score) : worst,
            Side = baseline.Side,
            Returns = isSame ? Math.Min(before!._numbers.Returns + 1, MostReturns) : 0,
        });
    }

    /// <summary>Knows a fault of which people say that it is none: its returns are for the detectors.</summary>
    /// <param name="baseline">The baseline of the alert that is open.</param>
    /// <param name="now">The time of the verdict.</param>
    public static KnownFault Denied(FrozenBaseline baseline, Timestamp now) =>
        new(new() { Ended = now.UnixNanoseconds, Reach = baseline.Reach, Side = baseline.Side, Returns = MostReturns });

    /// <summary>Whether an alert with this baseline was one of the fault.</summary>
    public bool IsOf(FrozenBaseline baseline) => IsRemembered(baseline.Onset) && _numbers.Side == baseline.Side;

    /// <summary>
    /// The score of a sample as one of the fault: that of the fault where it goes as far; 0 where it is none of it. It must lie as far from
    /// the mean, too: an expectation that has followed values on the other side finds the usual ones as far.
    /// </summary>
    /// <param name="sample">The sample.</param>
    /// <param name="expected">The value that is expected without the fault.</param>
    /// <param name="mean">The mean of the series' past.</param>
    public double ScoreOf(in Sample sample, double expected, double mean)
    {
        var far = Math.Min(_numbers.Side * (sample.Value - expected), _numbers.Side * (sample.Value - mean)) / _numbers.Reach;
        return far >= Alike && _numbers.Returns < MostReturns && IsRemembered(sample.Time) ? _numbers.Score * Math.Min(1, far) : 0;
    }

    public void Save(StateWriter state) => state.WriteBlock(MemoryMarshal.AsBytes(new ReadOnlySpan<Numbers>(in _numbers)));

    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public static KnownFault Load(ref StateReader state)
    {
        var fault = new KnownFault(default);
        state.ReadBlock(ref fault._numbers);
        return fault;
    }

    /// <summary>Whether the fault ended so recently that it may go on.</summary>
    public bool IsInterrupted(Timestamp time) => time - Ended <= Interrupted;

    private bool IsRemembered(Timestamp time) => time - Ended <= Remembered;

    internal struct Numbers
    {
        public long Ended;
        public double Reach;
        public double Score;
        public int Side;
        public int Returns;
    }
}
