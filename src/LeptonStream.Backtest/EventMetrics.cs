using MathNet.Numerics.Statistics;

namespace LeptonStream.Backtest;

/// <summary>
/// How well alarms meet events. An <i>episode</i> is a run of alarm rows, rows at most <see cref="MergeGap"/> apart counted as one. An
/// event is detected when an alarm row lies in it, and its delay runs from its first row to that one. An episode none of whose alarm rows
/// lies in an event is false.
/// </summary>
internal sealed record EventMetrics
{
    /// <summary>Alarm rows that are no further apart than this are one episode.</summary>
    public const int MergeGap = 10;

    private readonly double[] _delays;

    private EventMetrics(IEnumerable<double> sortedDelays) => _delays = [.. sortedDelays];

    public int Series { get; private init; }

    public int Events { get; private init; }

    public int Detected { get; private init; }

    public int Episodes { get; private init; }

    public int FalseEpisodes { get; private init; }

    public double Days { get; private init; }

    /// <summary>The share of the episodes that touch an event; null where there is no episode.</summary>
    public double? Precision => Episodes == 0 ? null : (Episodes - FalseEpisodes) / (double)Episodes;

    /// <summary>The share of the events that are detected; null where there is no event.</summary>
    public double? Recall => Events == 0 ? null : Detected / (double)Events;

    /// <summary>The harmonic mean of the two; 0 where there are events and none is detected, null where there is no event.</summary>
    public double? F1 => Recall is not { } recall
        ? null
        : recall == 0 || Precision is not { } precision ? 0 : 2 * precision * recall / (precision + recall);

    public double? FalseEpisodesPerSeriesDay => Days > 0 ? FalseEpisodes / Days : null;

    /// <summary>The middle delay of the detected events, in samples (the lower of two middles); null where none is detected.</summary>
    public int? MedianDelaySamples => Delay(0.5);

    /// <summary>The delay that 95 % of the detected events don't exceed, in samples; null where none is detected.</summary>
    public int? P95DelaySamples => Delay(0.95);

    public static EventMetrics Of(ScoredSeries series)
    {
        var episodes = RowRange.Of(series.Alarms, series.FirstScored, MergeGap);
        var delays = new List<double>();
        foreach (var truth in series.Events)
        {
            var row = FirstAlarm(series, truth);
            if (row >= 0) delays.Add(row - truth.First);
        }

        delays.Sort();
        return new EventMetrics(delays)
        {
            Series = 1,
            Events = series.Events.Length,
            Detected = delays.Count,
            Episodes = episodes.Count,
            FalseEpisodes = episodes.Count(e => !IsHit(series, e)),
            Days = series.Days,
        };
    }

    /// <summary>Whether an alarm row of an episode lies in an event.</summary>
    public static bool IsHit(ScoredSeries series, RowRange episode) =>
        series.Events.Any(t => t.Overlaps(episode) && FirstAlarm(series, t.Within(episode)) >= 0);

    /// <summary>All series counted together: the sums, and the middle of all delays.</summary>
    public static EventMetrics Sum(IReadOnlyCollection<EventMetrics> all) => new([.. all.SelectMany(m => m._delays).Order()])
    {
        Series = all.Sum(m => m.Series),
        Events = all.Sum(m => m.Events),
        Detected = all.Sum(m => m.Detected),
        Episodes = all.Sum(m => m.Episodes),
        FalseEpisodes = all.Sum(m => m.FalseEpisodes),
        Days = all.Sum(m => m.Days),
    };

    private int? Delay(double share) => _delays.Length == 0
        ? null
        : (int)SortedArrayStatistics.QuantileCustom(_delays, share, QuantileDefinition.R1);

    private static int FirstAlarm(ScoredSeries series, RowRange rows) => Array.IndexOf(series.Alarms, true, rows.First, rows.Length);
}
