using LeptonStream.Forecasting;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Detectors;

/// <summary>
/// One way to tell how odd a sample of one series is. The contract, checked for every detector by one shared suite: it scores before it learns
/// and scoring changes nothing; it is neutral (0) while it warms up; a score is finite and not negative; the same samples give the same scores;
/// a copy restored from a snapshot goes on bit-equal; nothing is allocated per sample.
/// </summary>
public interface ISeriesDetector
{
    /// <summary>The detector's name on the wire and in docs/detectors, in kebab-case.</summary>
    string Name { get; }

    /// <summary>How its scores are joined with those of the others. <value>The default value is <see cref="DetectorKind.Sharp"/>.</value></summary>
    DetectorKind Kind => DetectorKind.Sharp;

    /// <summary>How odd the sample is, in the detector's own unit (scales, for most); 0 is not odd at all. Changes nothing.</summary>
    /// <param name="sample">A finite sample, not yet learned by anybody.</param>
    /// <param name="view">What is known of the series before this sample.</param>
    double Score(in Sample sample, in SeriesView view);

    /// <summary>Takes the sample in. Called after <see cref="Score"/>, and before the shared window and forecaster learn. A detector that knows only what is shared has nothing to do.</summary>
    void Learn(in Sample sample, in SeriesView view)
    {
    }

    /// <summary>Accepts a new normal: what was learned of the old level is forgotten.</summary>
    void Rebase()
    {
    }

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    void Save(StateWriter state)
    {
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    void Load(ref StateReader state)
    {
    }
}

/// <summary>How a detector's scores are joined with those of the others.</summary>
public enum DetectorKind
{
    /// <summary>It sees events of few samples; those of this kind that agree strengthen each other.</summary>
    Sharp = 0,

    /// <summary>It sees slow changes; it speaks for itself.</summary>
    Slow = 1,

    /// <summary>Its scores are rarities already (−log₁₀ of a probability), so nothing need be calibrated; it speaks for itself and learns anomalous samples too.</summary>
    Rule = 2,
}

/// <summary>What all detectors of one series share: its window and the forecast of the sample at hand.</summary>
/// <param name="window">The last values, without the sample at hand.</param>
/// <param name="forecast">What was expected of the sample at hand.</param>
/// <param name="leastScale">The smallest scale on which a difference counts, in the series' unit.</param>
public readonly ref struct SeriesView(RollingWindow window, Forecast forecast, double leastScale)
{
    /// <summary>The smallest scale on which a difference counts, in the series' unit.</summary>
    public double LeastScale { get; } = leastScale;

    /// <summary>The last values, without the sample at hand.</summary>
    public RollingWindow Window { get; } = window;

    /// <summary>What was expected of the sample at hand.</summary>
    public Forecast Forecast { get; } = forecast;
}
