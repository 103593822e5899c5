using LeptonStream.Detection.Training;
using LeptonStream.Series;

namespace LeptonStream.Explanations;

/// <summary>The facts that the explanation of a training alert tells, the same for every language.</summary>
/// <param name="Key">The series, or the run.</param>
/// <param name="Finding">What was found, and what changed.</param>
/// <param name="Unit">The unit, or null.</param>
internal sealed record FindingFacts(SeriesKey Key, TrainingFinding Finding, string? Unit)
{
    /// <summary>The value with its unit.</summary>
    public string Value => Numbers.Show(Finding.Value, Unit);

    /// <summary>What was expected, with its unit; null where nothing was.</summary>
    public string? Expected => double.IsFinite(Finding.Expected) ? Numbers.Show(Finding.Expected, Unit) : null;
}
