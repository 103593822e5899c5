using System.Text.Json;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Training;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <summary>
/// The settings of detection that are the same for all series; what differs from series to series is its <see cref="Policies.SeriesPolicy"/>.
/// Immutable; its <see cref="Fingerprint()"/> is part of every event id.
/// </summary>
public sealed record DetectionPolicy
{
    /// <summary>The policy that needs no setting.</summary>
    public static readonly DetectionPolicy Default = new();

    /// <summary>Limits of one message.</summary>
    public FormatLimits Limits { get; init; } = FormatLimits.Default;

    /// <summary>Series one partition may hold; further ones are refused and counted. <value>The default value is 50,000.</value></summary>
    public int SeriesPerPartition { get; init; } = 50_000;

    /// <summary>
    /// Training runs one partition may hold, 32 KB each; those that are over make room. The metrics of further ones are judged as those of any other entity.
    /// <value>The default value is 2,000.</value>
    /// </summary>
    public int RunsPerPartition { get; init; } = 2_000;

    /// <summary>Samples in a series' rolling window. <value>The default value is 60.</value></summary>
    public int Window { get; init; } = 60;

    /// <summary>Means over two minutes (or single samples that are further apart) in the window of the slow detectors. <value>The default value is 80.</value></summary>
    public int SlowWindow { get; init; } = 80;

    /// <summary>Points that a series keeps for the chart of an event. <value>The default value is 120.</value></summary>
    public int ChartPoints { get; init; } = 120;

    /// <summary>The same for a series whose memory is lean. <value>The default value is 40.</value></summary>
    public int LeanChartPoints { get; init; } = 40;

    /// <summary>How alerts open, go on and end.</summary>
    public AlertTiming Timing { get; init; } = AlertTiming.Default;

    /// <summary>How training runs are judged.</summary>
    public TrainingPolicy Training { get; init; } = TrainingPolicy.Default;

    /// <summary>A text that differs whenever any setting differs, the same in every culture.</summary>
    public string Fingerprint() => JsonSerializer.Serialize(this);
}
