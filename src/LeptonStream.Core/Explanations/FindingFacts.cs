using LeptonStream.Detection.Training;
using LeptonStream.Series;

namespace LeptonStream.Explanations;

/// <summary>The facts that the explanation of a training alert states, the same for every language.</summary>
/// <param name="Key">The series, or the run.</param>
/// <param name="Finding">The finding, and its change.</param>
/// <param name="Unit">The unit, or null.</param>
internal sealed record FindingFacts(SeriesKey Key, TrainingFinding Finding, string? Unit)
{
    /// <summary>The value with its unit, with enough digits to differ from the expected value.</summary>
    public string Value => Expected is null ? Numbers.Show(Finding.Value, Unit) : Numbers.Pair(Finding.Value, Finding.Expected, Unit).Value;

    /// <summary>The expected value, with its unit; null where there was none.</summary>
    public string? Expected => double.IsFinite(Finding.Expected) ? Numbers.Pair(Finding.Value, Finding.Expected, Unit).Other : null;
}
