namespace LeptonStream.Backtest;

/// <summary>One family at one position of the <see cref="BudgetDial"/>.</summary>
/// <param name="Family">The folder of its files; <c>total</c> for everything.</param>
/// <param name="Budget">The warning budget of every series: one false alarm in so long.</param>
/// <param name="Events">Counts of events, of those detected, and of false episodes, at the line of that budget.</param>
/// <param name="RecallAt">Recall within each of <see cref="FamilyResult.Budgets"/>, one threshold for the scores of all series.</param>
internal sealed record DialReading(string Family, TimeSpan Budget, EventMetrics Events, double?[] RecallAt)
{
    /// <summary>The false episodes a series-day that the budget allows.</summary>
    public double Nominal => 1 / Budget.TotalDays;

    /// <summary>Those that came; null where there is no time.</summary>
    public double? Realised => Events.FalseEpisodesPerSeriesDay;

    /// <summary>Realised by nominal: 1 is a promise kept, less a line that is too strict.</summary>
    public double? Ratio => Realised / Nominal;

    public static DialReading Of(string family, TimeSpan budget, IReadOnlyList<ScoredSeries> series) =>
        new(family, budget, EventMetrics.Sum([.. series.Select(EventMetrics.Of)]), RecallAtBudget.Of(series, FamilyResult.Budgets));
}
