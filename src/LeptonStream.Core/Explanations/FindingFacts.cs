using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Training;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Explanations;

/// <summary>The facts that the explanation of a training alert states, the same for every language.</summary>
/// <param name="Key">The series, or the run.</param>
/// <param name="Finding">The finding, and its change.</param>
/// <param name="Unit">The unit, or null.</param>
internal sealed record FindingFacts(SeriesKey Key, TrainingFinding Finding, string? Unit)
{
    /// <summary>Time of the newest sample of the run; null where that is not known.</summary>
    public Timestamp? LastSeen { get; init; }

    /// <summary>When it began and ended.</summary>
    public AlertSpan Span => new(Finding.Onset, Finding.Time, Finding.NormalSince, LastSeen);

    /// <summary>Whether the alert goes on as it did: its sentence says how it stands and does not open it again.</summary>
    public bool IsStill => Finding.Change == AlertChange.Progressed
        && Finding.Kind is not (TrainingKind.RunDead or TrainingKind.SharedName);

    /// <summary>The value with its unit, with enough digits to differ from the expected value.</summary>
    public string Value => Expected is null ? Numbers.Show(Finding.Value, Unit) : Numbers.Pair(Finding.Value, Finding.Expected, Unit).Value;

    /// <summary>The expected value, with its unit; null where there was none.</summary>
    public string? Expected => double.IsFinite(Finding.Expected) ? Numbers.Pair(Finding.Value, Finding.Expected, Unit).Other : null;
}
