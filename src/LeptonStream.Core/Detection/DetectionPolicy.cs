using System.Text.Json;
using LeptonStream.Detectors;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <summary>How to judge series: the settings of detection. Immutable; its <see cref="Fingerprint()"/> is part of every event id.</summary>
public sealed record DetectionPolicy
{
    /// <summary>The policy that needs no setting.</summary>
    public static readonly DetectionPolicy Default = new();

    /// <summary>Little memory for very many series: sharp events and drifts only, and a short chart.</summary>
    public static readonly DetectionPolicy Lean = new() { Levels = DetectorCatalog.Lean, ChartPoints = 40 };

    /// <summary>Limits of one message.</summary>
    public FormatLimits Limits { get; init; } = FormatLimits.Default;

    /// <summary>Series one partition may hold; further ones are refused and counted. <value>The default value is 50,000.</value></summary>
    public int SeriesPerPartition { get; init; } = 50_000;

    /// <summary>The names of the detectors that judge a series (<see cref="DetectorCatalog"/>). <value>The default value is <see cref="DetectorCatalog.Default"/>.</value></summary>
    public IReadOnlyList<string> Levels { get; init; } = DetectorCatalog.Default;

    /// <summary>Samples in a series' rolling window. <value>The default value is 60.</value></summary>
    public int Window { get; init; } = 60;

    /// <summary>Means over two minutes (or single samples that are further apart) in the window of the slow detectors. <value>The default value is 80.</value></summary>
    public int SlowWindow { get; init; } = 80;

    /// <summary>Points that a series keeps for the chart of an event. <value>The default value is 120.</value></summary>
    public int ChartPoints { get; init; } = 120;

    /// <summary>Samples a series must have shown before it can raise an alert. <value>The default value is 120.</value></summary>
    public int WarmUp { get; init; } = 120;

    /// <summary>The false-alarm budget of the warning line: one alarm in this time per series. Score 1.0 is this line. <value>The default value is 7 days.</value></summary>
    public TimeSpan WarningBudget { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The false-alarm budget of the critical line. <value>The default value is 91 days (a quarter).</value></summary>
    public TimeSpan CriticalBudget { get; init; } = TimeSpan.FromDays(91);

    /// <summary>A sample whose distance from what was expected is a smaller share of it than this is never anomalous. <value>The default value is 0.05.</value></summary>
    public double MinimumRelativeDeviation { get; init; } = 0.05;

    /// <summary>How alerts open, go on and end.</summary>
    public AlertTiming Timing { get; init; } = AlertTiming.Default;

    /// <summary>Where runbooks are: <c>{metric}</c> stands for the metric's name; null for none.</summary>
    public string? RunbookUrl { get; init; }

    /// <summary>A text that differs whenever any setting differs, the same in every culture.</summary>
    public string Fingerprint() => JsonSerializer.Serialize(this);
}
