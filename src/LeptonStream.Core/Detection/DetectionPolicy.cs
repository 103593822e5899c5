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

    /// <summary>Limits of one message.</summary>
    public FormatLimits Limits { get; init; } = FormatLimits.Default;

    /// <summary>
    /// Series one partition may hold. At the limit the one that was silent longest makes room for a new one; where none was silent for 20
    /// of its intervals and ten minutes, new ones are refused and counted. <value>The default value is 50,000.</value>
    /// </summary>
    public int SeriesPerPartition { get; init; } = 50_000;

    /// <summary>
    /// Bytes that the series, entities and runs of one partition may take, by an estimate that counts their numbers, charts and labels;
    /// else as <see cref="SeriesPerPartition"/>. <value>The default value is 1 GiB.</value>
    /// </summary>
    public long BytesPerPartition { get; init; } = 1L << 30;

    /// <summary>
    /// How long a series may be silent, by the time of the log, until it is forgotten. <value>The default value is 4 days.</value>
    /// </summary>
    public TimeSpan ForgetAfter { get; init; } = TimeSpan.FromDays(4);

    /// <summary>
    /// How long a training run may be silent, by the time of the log, until its watch ends and its place is free. <value>The default value
    /// is a day.</value>
    /// </summary>
    public TimeSpan ForgetRunAfter { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Events that one record may lead to at once; further ones follow with the next records, five times as many wait at most.
    /// <value>The default value is 256.</value>
    /// </summary>
    public int EventsPerRecord { get; init; } = 256;

    /// <summary>
    /// Training runs one partition may hold, 32 KB each; those that are over, or silent for a day, make room. The metrics of further ones
    /// are judged as those of any other entity.
    /// <value>The default value is 2,000.</value>
    /// </summary>
    public int RunsPerPartition { get; init; } = 2_000;

    /// <summary>Samples in a series' rolling window. <value>The default value is 60.</value></summary>
    public int Window { get; init; } = 60;

    /// <summary>
    /// Means over two minutes (or single samples that are further apart) in the window of the slow detectors. <value>The default value is
    /// 80.</value>
    /// </summary>
    public int SlowWindow { get; init; } = 80;

    /// <summary>Points that a series keeps for the chart of an event. <value>The default value is 120.</value></summary>
    public int ChartPoints { get; init; } = 120;

    /// <summary>The same for a series whose memory is lean. <value>The default value is 40.</value></summary>
    public int LeanChartPoints { get; init; } = 40;

    /// <summary>How alerts open, go on and end.</summary>
    public AlertTiming Timing { get; init; } = AlertTiming.Default;

    /// <summary>How training runs are judged.</summary>
    public TrainingPolicy Training { get; init; } = TrainingPolicy.Default;
}
