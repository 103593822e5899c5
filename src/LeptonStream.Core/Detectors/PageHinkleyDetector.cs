using LeptonStream.Samples;

namespace LeptonStream.Detectors;

/// <summary>
/// How much has been gathered of forecast errors in one direction: g ← max(0, g + z − δ) for each direction, with z = ±(x − x̂)/s the error
/// in scales of the forecast, cut at 3, and δ = 0.25 what each sample forgives; the score is the larger of the two. The cumulative sum of
/// E. S. Page, Biometrika 41, 1954, in the two-sided form with reset that is known by his and D. V. Hinkley's names (Biometrika 58, 1971).
/// Beyond 50 a sum is reset to 0, so that the next drift is reported too. It sees a creep whose single errors are all ordinary. Warm-up 60
/// samples. O(1), 12 bytes.
/// </summary>
public sealed class PageHinkleyDetector : SeriesDetector<PageHinkleyDetector.State>
{
    /// <summary>Its name in policies, events and docs.</summary>
    public const string RuleName = "page-hinkley";

    private static readonly DetectorsTuning Tuning = DetectorsTuning.Default;
    private static readonly int WarmUp = Tuning.PageHinkleyWarmUp;
    private static readonly double Slack = Tuning.PageHinkleySlack;
    private static readonly double Height = Tuning.PageHinkleyHeight;

    // One error, however large, is an event and no drift: the sharp detectors beside it are for that.
    private static readonly double MaxOfOne = Tuning.PageHinkleyMaxOfOne;

    /// <inheritdoc/>
    public override string Name => RuleName;

    /// <inheritdoc/>
    public override DetectorKind Kind => DetectorKind.Sharp;

    /// <inheritdoc/>
    public override bool IsOfValues => false;

    /// <inheritdoc/>
    protected override double Score(in Sample sample, in SeriesView view, in State state)
    {
        if (state.Count < WarmUp) return 0;
        var error = Error(sample, view);
        return Math.Max(With(error, state.Up), With(-error, state.Down));
    }

    /// <inheritdoc/>
    protected override void Learn(in Sample sample, in SeriesView view, ref State state)
    {
        if (state.Count < WarmUp)
        {
            state.Count++;
            return;
        }

        var error = Error(sample, view);
        state.Up = Reset(With(error, state.Up));
        state.Down = Reset(With(-error, state.Down));
    }

    /// <inheritdoc/>
    protected override void Rebase(ref State state) => state = default;

    private static double Error(in Sample sample, in SeriesView view)
    {
        var forecast = view.Forecast;
        if (!forecast.IsKnown) return 0;
        var difference = sample.Value - forecast.Expected;
        return Math.CopySign(Math.Min(ScaledDifference.Of(difference, forecast.Scale, forecast.Expected), MaxOfOne), difference);
    }

    private static double With(double error, float sum) => Math.Max(0, sum + error - Slack);

    private static float Reset(double sum) => sum > Height ? 0 : (float)sum;

    /// <summary>Its state of one series.</summary>
    public struct State
    {
        internal float Up;
        internal float Down;
        internal int Count;
    }
}
