using LeptonStream.Detection.Policies;

namespace LeptonStream.Backtest;

/// <summary>
/// The warning budget as a dial: all files are judged once for each of four budgets, whatever budgets their policies state, and the false
/// episodes that come are held against those that each budget allows.
/// </summary>
internal static class BudgetDial
{
    /// <summary>The budgets: one false alarm of a series in so long.</summary>
    public static readonly TimeSpan[] Budgets =
        [TimeSpan.FromDays(1), TimeSpan.FromDays(3), TimeSpan.FromDays(7), TimeSpan.FromDays(30)];

    /// <summary>The readings of every family and, where there are several, of all together; the shortest budget first.</summary>
    /// <param name="options">The files, and how they are judged.</param>
    /// <param name="stop">Ends it.</param>
    public static IReadOnlyList<DialReading> Read(BacktestOptions options, CancellationToken stop)
    {
        var readings = Budgets.SelectMany(budget => Read(options, budget, stop)).ToArray();
        return [.. readings.GroupBy(reading => reading.Family).SelectMany(family => family)];
    }

    private static IEnumerable<DialReading> Read(BacktestOptions options, TimeSpan budget, CancellationToken stop)
    {
        var policies = (options.Policies ?? PolicySet.Default).WithWarningBudget(budget);
        (string Family, ScoredSeries Series)[] known =
            [.. JudgedFiles.Under(options, policies, stop).Where(file => file.HasTruth).Select(file => (file.Family, file.Series))];
        ILookup<string, ScoredSeries> families = known.ToLookup(one => one.Family, one => one.Series);
        foreach (var family in families) yield return DialReading.Of(family.Key, budget, [.. family]);
        if (families.Count > 1) yield return DialReading.Of("total", budget, [.. known.Select(one => one.Series)]);
    }
}
