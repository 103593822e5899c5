namespace LeptonStream.Detection.Cleaning;

/// <summary>
/// The usual time between two samples or rows: the median of the intervals, followed by steps of a few percent, so that a gap moves it no
/// more than a hiccup does. Where several in a row are far longer, the rhythm is another: it goes on at the last of them.
/// </summary>
internal static class SamplingInterval
{
    private const double UsualStep = 1.02;

    // So many times longer is far. Shorter ones are followed within hours by themselves: there are more of them.
    private const double Far = 4;

    // So many in a row: sparse values have four of them now and then. Fewer while hardly any is known: two pushes may have begun it.
    private const int FarInARow = 16;
    private const int FarInARowYoung = 2;
    private const int YoungFor = 8;

    // Steps that share a time are set apart by less: that is no rhythm.
    private const double Least = 1e-3;

    /// <summary>After so long a silence, or a first sample with a clock that was not set, everything begins from the start.</summary>
    public static readonly TimeSpan Forgotten = TimeSpan.FromDays(90);

    /// <summary>The usual interval after one more.</summary>
    /// <param name="usual">Usual interval before, in seconds; 0 before the first.</param>
    /// <param name="seconds">The interval.</param>
    /// <param name="far">Number of intervals in a row that are far longer than the usual.</param>
    /// <param name="learned">Number of samples or rows that are known.</param>
    public static double After(double usual, double seconds, ref int far, int learned)
    {
        if (seconds < Least) return usual;
        far = usual > 0 && seconds > Far * usual ? far + 1 : 0;
        if (far < (learned < YoungFor ? FarInARowYoung : FarInARow)) return After(usual, seconds);
        far = 0;
        return seconds;
    }

    /// <summary>The usual interval after one more.</summary>
    /// <param name="usual">Usual interval before, in seconds; 0 before the first.</param>
    /// <param name="seconds">The interval.</param>
    /// <param name="step">By what factor it follows.</param>
    public static double After(double usual, double seconds, double step = UsualStep) =>
        usual == 0 ? seconds : usual * (seconds > usual ? step : seconds < usual ? 1 / step : 1);
}
