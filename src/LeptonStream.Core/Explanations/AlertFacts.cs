using LeptonStream.Alerts;
using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.Engines;
using LeptonStream.Detection.Habits;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Peers;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Detectors;
using LeptonStream.Drift;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Explanations;

/// <summary>The facts that an explanation states, the same for every language.</summary>
/// <param name="Key">The series.</param>
/// <param name="Severity">Severity now.</param>
/// <param name="Change">Change of the alert that the event reports.</param>
/// <param name="Detector">The detector that opened it; of one that opens now, the one that scores highest.</param>
/// <param name="Sample">The sample that caused the event; of a series that ended, its last.</param>
/// <param name="Expected">Forecast in the metric's unit; NaN where there was none.</param>
/// <param name="Lower">Lower end of the band, or NaN.</param>
/// <param name="Upper">Upper end of the band, or NaN.</param>
/// <param name="Onset">Event time at which it began.</param>
/// <param name="Score">The worst score so far.</param>
/// <param name="Unit">The unit, or null.</param>
/// <param name="RecordSpan">For how long before there was no value so high, or so low; null where that is not known or less than an
/// hour.</param>
/// <param name="Peers">Its position among its siblings where it is far from them; else null.</param>
internal sealed record AlertFacts(
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
    /// <summary>
    /// How the series is judged: budgets, and what is known of the metric. <value>The default value is
    /// <see cref="SeriesPolicy.Default"/>.</value>
    /// </summary>
    public SeriesPolicy Policy { get; init; } = SeriesPolicy.Default;

    /// <summary>
    /// The line that its score is held against. <value>The default value is that of a series under the default policy.</value>
    /// </summary>
    public AlarmLine Line { get; init; } = AlarmLine.OfSeries(SeriesPolicy.Default);

    /// <summary>Age of the series when the sample came; null where that is not known.</summary>
    public TimeSpan? History { get; init; }

    /// <summary>
    /// Time of the newest sample of the series: before that of the event where the series is silent. <value>The default value is the time
    /// of the event.</value>
    /// </summary>
    public Timestamp LastSeen { get; init; } = Sample.Time;

    /// <summary>Of an alert that recovered, the time from which on it was normal; else null.</summary>
    public Timestamp? NormalSince { get; init; }

    /// <summary>When it began and ended.</summary>
    public AlertSpan Span => new(Onset, Sample.Time, NormalSince, LastSeen);

    /// <summary>
    /// The other metrics of its entity that deviate at the same time and make it critical. <value>The default value is none.</value>
    /// </summary>
    public IReadOnlyList<string> Agreeing { get; init; } = [];

    /// <summary>The parts of its distribution that moved most, where it is a drift. <value>The default value is none.</value></summary>
    public IReadOnlyList<DriftMove> Moves { get; init; } = [];

    /// <summary>The lowest parts, where it is the quality of data. <value>The default value is none.</value></summary>
    public IReadOnlyList<QualityPart> Parts { get; init; } = [];

    /// <summary>Why it is no page though it is beyond the critical line; null where it is one, or not beyond.</summary>
    public HeldText? Held { get; init; }

    /// <summary>The detector that scores highest on the sample of this event; null where none scores on it.</summary>
    public string? Leading { get; init; }

    /// <summary>The denominator that is 0 while the alert of a share ends; null of any other.</summary>
    public string? NothingOf { get; init; }

    /// <summary>The burst that did not come, where that is what is wrong; else null.</summary>
    public MissedBurst? Missed { get; init; }

    /// <summary>The hang of its engine, where there is one; else null.</summary>
    public EngineHang? Hang { get; init; }

    /// <summary>The end of the fault that has returned; null where it is none that returned.</summary>
    public Timestamp? Returned { get; init; }

    /// <summary>Whether the value repeats now: an alert of a frozen value stays open for a while after it moves again.</summary>
    public bool IsStuck => Detector == FrozenValueDetector.RuleName && (Change != AlertChange.Progressed || Leading == Detector);

    /// <summary>Whether it is about an engine that hangs.</summary>
    public bool IsHang => Detector == DetectorSet.NoProgress;

    /// <summary>Whether it is about a burst that did not come.</summary>
    public bool IsMissed => Missed is not null && Detector == BurstBook.RuleName;

    /// <summary>Whether the alert of a burst that did not come closes: the burst came, or its day is over.</summary>
    public bool HasLostItsBurst => Detector == BurstBook.RuleName && Change == AlertChange.Recovered;

    /// <summary>How long a record lasts: one of all time as long as the series is old now, which other sentences name, too.</summary>
    public TimeSpan LengthOf(RecordSpan span) => span.IsEver && History is { } age ? age : span.Length;

    /// <summary>Whether the value lies above what was expected.</summary>
    public bool IsHigh => Sample.Value > Expected;

    /// <summary>Whether the values are codes of which nothing is known but that they change.</summary>
    public bool IsCode => Detector == ErrorCodeTracker.RuleName && !LostTargets.IsAbout(this)
        && !LostTargets.IsOne(this) && !DataNotice.IsAbout(this);

    /// <summary>The code where it is an XID, NVIDIA's number of a GPU error; else null.</summary>
    public int? Xid => IsCode && Policy.Preset?.Canonical == XidCodes.Canonical && Sample.Value is > 0 and < 10_000 and var code
        ? (int)code
        : null;

    /// <summary>The kind of the metric, by its canonical name.</summary>
    public MetricKind Kind => Policy.Preset?.Kind ?? MetricKind.Other;

    /// <summary>Whether a band is known and holds the value.</summary>
    public bool IsInsideBand => Sample.Value >= Lower && Sample.Value <= Upper;

    /// <summary>Whether only its siblings say that something is wrong: the value is normal for the series itself.</summary>
    public bool IsFarFromPeersOnly => Detector == DetectorSet.Peers && Peers is not null && IsInsideBand && !Change.IsEnd();

    /// <summary>Whether the way from the expected value to that of the sample tells what is wrong: not where the alert is over, or about
    /// to be, or about the siblings.</summary>
    public bool HasCourse => !Change.IsEnd() && double.IsFinite(Expected) && double.IsFinite(Sample.Value) && !IsFarFromPeersOnly
        && !IsMissed && !IsHang && !(Change == AlertChange.Progressed && IsInsideBand && !IsStuck);
}
