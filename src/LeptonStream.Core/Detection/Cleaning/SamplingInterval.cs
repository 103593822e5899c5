namespace LeptonStream.Detection.Cleaning;

/// <summary>
/// The usual time between two samples or rows: the median of the intervals, followed by steps of a few percent, so that a gap moves it no
/// more than a hiccup does.
/// </summary>
internal static class SamplingInterval
{
    private const double UsualStep = 1.02;

    /// <summary>After so long a silence, or a first sample with a clock that was not set, everything begins from the start.</summary>
    public static readonly TimeSpan Forgotten = TimeSpan.FromDays(90);

    /// <summary>The usual interval after one more.</summary>
    /// <param name="usual">Usual interval before, in seconds; 0 before the first.</param>
    /// <param name="seconds">The interval.</param>
    /// <param name="step">By what factor it follows.</param>
    public static double After(double usual, double seconds, double step = UsualStep) =>
        usual == 0 ? seconds : usual * (seconds > usual ? step : seconds < usual ? 1 / step : 1);
}
