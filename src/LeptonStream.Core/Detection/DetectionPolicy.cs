using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Training;
using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <summary>
/// The settings of detection that are the same for all series; what differs from series to series is its
/// <see cref="Policies.SeriesPolicy"/>. Immutable.
/// </summary>
public sealed record DetectionPolicy
{
    /// <summary>The policy that needs no setting.</summary>
    public static readonly DetectionPolicy Default = new();

    /// <summary>Limits of one message; one beyond them is refused with a reason.</summary>
    public FormatLimits Limits { get; init; } = FormatLimits.Default;

    /// <summary>
    /// Number of series that one partition may hold, from 1. At the limit the one that was silent longest makes room for a new one; where
    /// none was silent for 20 of its intervals and ten minutes, new ones are refused and counted.
    /// <value>The default value is 50,000.</value>
    /// </summary>
    public int SeriesPerPartition { get; init; } = 50_000;

    /// <summary>
    /// Bytes that the series, entities and runs of one partition may take, by an estimate that counts their numbers, charts and labels.
    /// At the limit room is made as for <see cref="SeriesPerPartition"/>. <value>The default value is 1 GiB.</value>
    /// </summary>
    public long BytesPerPartition { get; init; } = 1L << 30;

    /// <summary>
    /// Silence, by log time, after which a series is forgotten; above zero. <value>The default value is 4 days.</value>
    /// </summary>
    public TimeSpan ForgetAfter { get; init; } = TimeSpan.FromDays(4);

    /// <summary>
    /// Silence, by log time, after which the watch of a training run ends and its place is free; above zero. <value>The default value is a
    /// day.</value>
    /// </summary>
    public TimeSpan ForgetRunAfter { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Number of distributions that one partition watches for drift, from 0; new ones beyond them are refused and counted.
    /// <value>The default value is 1,000.</value>
    /// </summary>
    public int DistributionsPerPartition { get; init; } = 1_000;

    /// <summary>
    /// Bytes that the references of these distributions may take; beyond them new distributions are refused and counted. <value>The default
    /// value is 64 MiB.</value>
    /// </summary>
    public long DistributionBytesPerPartition { get; init; } = 64L << 20;

    /// <summary>
    /// Number of models of one partition whose versions are compared, from 0; the versions of further ones are only labels.
    /// <value>The default value is 500.</value>
    /// </summary>
    public int VersionedModelsPerPartition { get; init; } = 500;

    /// <summary>
    /// Number of events that one record may lead to at once, from 1; further ones follow with the next records. Where five times as many
    /// wait, updates with newer points are left out.
    /// <value>The default value is 256.</value>
    /// </summary>
    public int EventsPerRecord { get; init; } = 256;

    /// <summary>
    /// Number of training runs that one partition may hold, from 0, each of 32 KB; those that are over, or silent for a day, make room. The
    /// metrics of further ones are judged as those of any other entity.
    /// <value>The default value is 2,000.</value>
    /// </summary>
    public int RunsPerPartition { get; init; } = 2_000;

    /// <summary>Number of samples in a series' rolling window, 2 to 65,535. <value>The default value is 60.</value></summary>
    public int Window { get; init; } = 60;

    /// <summary>
    /// Number of means over two minutes (or of single samples that are further apart) in the window of the slow detectors, 2 to 65,535.
    /// <value>The default value is 80.</value>
    /// </summary>
    public int SlowWindow { get; init; } = 80;

    /// <summary>Number of points that a series keeps for the chart of an event, from 1. <value>The default value is 120.</value></summary>
    public int ChartPoints { get; init; } = 120;

    /// <summary>
    /// Number of points that a series keeps for the chart of an event where its memory is lean, from 1. <value>The default value is
    /// 40.</value>
    /// </summary>
    public int LeanChartPoints { get; init; } = 40;

    /// <summary>Times and least numbers of samples by which alerts open, go on and end.</summary>
    public AlertTiming Timing { get; init; } = AlertTiming.Default;

    /// <summary>Settings of training mode.</summary>
    public TrainingPolicy Training { get; init; } = TrainingPolicy.Default;
}
