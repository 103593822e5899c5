using LeptonStream.Alerts;
using LeptonStream.Detection.Policies;
using LeptonStream.Samples;

namespace LeptonStream.Backtest.Proposals;

/// <summary>The costs of the alerts of one file, half by half. Rows of warm-up count for nothing.</summary>
internal static class SeriesCosts
{
    // Of a file that nobody labelled, twice the alerts that its budget allows are no reason to change anything.
    private const double Allowance = 2;

    /// <summary>The costs of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="half">0 for the first half, 1 for the second.</param>
    public static HalfCost Of(BacktestFile file, int half) => Of(file, file.Findings, file.Findings, half);

    /// <summary>The costs of one metric of a file if only its policy changes.</summary>
    /// <param name="now">The file under the present policies.</param>
    /// <param name="then">The file under other policies, of which only those of the metric are adopted.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="half">0 for the first half, 1 for the second.</param>
    public static HalfCost Of(BacktestFile now, BacktestFile then, string metric, int half)
    {
        Finding[] own = [.. then.Findings.Where(finding => finding.Opened.Metric == metric)];
        return Of(now, [.. now.Findings.Where(finding => finding.Opened.Metric != metric), .. own], own, half);
    }

    private static HalfCost Of(BacktestFile file, IReadOnlyList<Finding> all, IReadOnlyList<Finding> counted, int half)
    {
        var (first, middle) = (file.Series.FirstScored, Middle(file));
        if (first >= file.Rows.Count) return default;
        var (from, to) = half == 0 ? (first, middle) : (middle, file.Rows.Count);
        var alerts = counted.Count(finding => finding.Severity > AlertSeverity.Info && IsIn(finding, file, from, to)
            && !file.Series.Events.Any(truth => Meets(finding, file, truth)));
        if (!file.HasTruth) return new(0, Math.Max(0, alerts - Allowed(file, from, to)));
        var missed = file.Series.Events.Count(truth => truth.First >= from && truth.First < to
            && !all.Any(finding => finding.Severity > AlertSeverity.Info && Meets(finding, file, truth)));
        return new(missed, alerts);
    }

    private static int Middle(BacktestFile file) => file.Series.FirstScored + ((file.Rows.Count - file.Series.FirstScored) / 2);

    private static bool IsIn(Finding finding, BacktestFile file, int from, int to) =>
        finding.Opened.DetectedAt >= file.Rows[from].Time
        && (to >= file.Rows.Count || finding.Opened.DetectedAt < file.Rows[to].Time);

    private static bool Meets(Finding finding, BacktestFile file, RowRange truth) =>
        finding.Opened.DetectedAt <= file.Rows[truth.Last].Time
        && (finding.EndedAt is not { } ended || ended >= file.Rows[truth.First].Time);

    private static int Allowed(BacktestFile file, int from, int to)
    {
        var days = from < to ? (file.Rows[to - 1].Time - file.Rows[from].Time).TotalDays : 0;
        return (int)Math.Ceiling(Allowance * file.File.Metrics.Count * days / SeriesPolicy.Default.WarningBudget.TotalDays);
    }
}
