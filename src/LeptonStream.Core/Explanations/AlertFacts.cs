using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Peers;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Explanations;

/// <summary>The facts that an explanation tells, the same for every language.</summary>
/// <param name="Key">The series.</param>
/// <param name="Severity">How urgent.</param>
/// <param name="Change">What happened to the alert.</param>
/// <param name="Detector">The detector that speaks loudest.</param>
/// <param name="Sample">The sample that caused the event.</param>
/// <param name="Expected">What was expected, or NaN.</param>
/// <param name="Lower">Lower end of the band, or NaN.</param>
/// <param name="Upper">Upper end of the band, or NaN.</param>
/// <param name="Onset">When it began.</param>
/// <param name="Score">The worst score so far.</param>
/// <param name="Unit">The unit, or null.</param>
/// <param name="RecordSpan">For how long before there was no value so high, or so low; null where that is not known or less than an hour.</param>
/// <param name="Peers">How it stands among its siblings, where it is far from them; else null.</param>
public sealed record AlertFacts(
    SeriesKey Key,
    AlertSeverity Severity,
    AlertChange Change,
    string Detector,
    Sample Sample,
    double Expected,
    double Lower,
    double Upper,
    Timestamp Onset,
    double Score,
    string? Unit,
    RecordSpan? RecordSpan,
    PeerVerdict? Peers = null)
{
    /// <summary>Whether the value lies above what was expected.</summary>
    public bool IsHigh => Sample.Value > Expected;

    /// <summary>Whether the values are codes.</summary>
    public bool IsCode => Detector == ErrorCodeTracker.Rule;

    /// <summary>The value divided by what was expected, where that says something; else null.</summary>
    public double? Ratio => Math.Abs(Expected) > 1e-12 && Sample.Value / Expected is > 0 and < 1e4 and var ratio && double.IsFinite(ratio) ? ratio : null;

    /// <summary>What kind of thing the metric is, told from its name.</summary>
    public MetricKind Kind => MetricKinds.Of(Key.Metric);
}
