using LeptonStream.Samples;

namespace LeptonStream.Detectors;

/// <summary>
/// How far the mean of the last 80 values lies from the level before them, in deviations of the series: |m − ℓ|/d with m the mean over the
/// window and ℓ an exponentially weighted mean (λ = 1/1000) of the values that left it. A two-window mean-shift test (G. E. P. Box and G.
/// C. Tiao, 1965) with long memory. Warm-up one and a half windows. O(1), 16 bytes beyond the shared window.
/// </summary>
public sealed class LevelShiftDetector : SeriesDetector<LevelShiftDetector.State>
{
    /// <summary>Its name in policies, events and docs.</summary>
    public const string RuleName = "level-shift";

    private static readonly DetectorsTuning Tuning = DetectorsTuning.Default;
    private static readonly double Rate = 1 / Tuning.LevelShiftMemory;

    /// <inheritdoc/>
    public override string Name => RuleName;

    /// <inheritdoc/>
    public override DetectorKind Kind => DetectorKind.Slow;

    /// <inheritdoc/>
    public override double Vote => SharedVote;

    /// <summary>The vote of each of the two detectors that look at the mean below.</summary>
    internal const double SharedVote = 0.5;

    /// <summary>The mean of the window once the sample at hand has pushed the oldest value out.</summary>
    internal static double MeanWith(in Sample sample, in SeriesView view)
    {
        var window = view.Window;
        if (window.Count == 0) return sample.Value;
        if (window.Count < window.Capacity) return window.Mean + ((sample.Value - window.Mean) / (window.Count + 1));
        return window.Mean + ((sample.Value - window[window.Count - 1]) / window.Count);
    }

    /// <inheritdoc/>
    protected override double Score(in Sample sample, in SeriesView view, in State state)
    {
        if (state.Count < view.Window.Capacity / 2 || view.MinScale <= 0) return NotYet;
        return Math.Min(Math.Abs(MeanWith(sample, view) - state.Level) / view.MinScale, ScaledDifference.Max);
    }

    /// <inheritdoc/>
    protected override void Learn(in Sample sample, in SeriesView view, ref State state)
    {
        var window = view.Window;
        if (window.Count < window.Capacity) return;
        if (state.Count < int.MaxValue) state.Count++;
        state.Level += Math.Max(Rate, 1.0 / state.Count) * (window[window.Count - 1] - state.Level);
    }

    /// <summary>Its state of one series.</summary>
    public struct State
    {
        internal double Level;
        internal int Count;
    }
}
