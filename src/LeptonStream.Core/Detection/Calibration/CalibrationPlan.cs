namespace LeptonStream.Detection.Calibration;

/// <summary>The memory of a <see cref="TailCalibrator"/>, and the share of scores that it takes for the tail.</summary>
/// <param name="Memory">After so many scores all counts are halved; up to 16,000.</param>
/// <param name="TailShare">The share of the scores that the tail is fitted to, 0..1.</param>
/// <param name="FirstTailBin">0 where scores of nothing may belong to the tail, 1 where the tail begins above them.</param>
/// <param name="Floor">The least mean excess where the tail begins at 0, in the detector's unit.</param>
/// <param name="FloorShare">The least mean excess as a share of where the tail begins.</param>
/// <param name="RoutineSeconds">
/// A score that came back five times, on average sooner than this, is routine: the tail goes through it, as a power law would. Without a
/// limit that would let a few incidents of past weeks hide the next.
/// </param>
public readonly record struct CalibrationPlan(int Memory, double TailShare, int FirstTailBin, double Floor, double FloorShare,
    double RoutineSeconds)
{
    private static readonly CalibrationTuning Tuning = CalibrationTuning.Default;

    /// <summary>For detectors whose scores are scales: differences below half a scale are ordinary.</summary>
    public static readonly CalibrationPlan Sharp =
        new(Tuning.SharpMemory, Tuning.SharpTailShare, 0, Tuning.SharpFloor, Tuning.SharpFloorShare, Tuning.RoutineSeconds);

    /// <summary>For the same detectors on distances of distributions: the tail follows the number of scores in it (ADR 0054).</summary>
    public static readonly CalibrationPlan Distance = Sharp with { FirstTailBin = 1 };

    /// <summary>For slow detectors, whose scores are 0 most of the time and differ by little.</summary>
    public static readonly CalibrationPlan Slow = new(Tuning.SlowMemory, Tuning.SlowTailShare, 1, 0.001, 0.02, double.PositiveInfinity);

    /// <summary>The least mean excess of a tail that begins at <paramref name="threshold"/>.</summary>
    internal double MinExcess(double threshold) => Math.Max(Floor - (0.3 * threshold), FloorShare * (threshold + (2 * Floor)));
}
