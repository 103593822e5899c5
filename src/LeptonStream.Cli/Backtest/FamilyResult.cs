namespace LeptonStream.Cli.Backtest;

/// <summary>The numbers of one file, of one folder, or of everything.</summary>
internal sealed record FamilyResult(string Name, EventMetrics Events, double?[] RecallAt)
{
    /// <summary>False episodes per series-day at which recall is told.</summary>
    public static readonly double[] Budgets = [0.1, 0.5, 1];

    public static FamilyResult Of(string name, IReadOnlyList<BacktestFile> files) => new(
        name,
        EventMetrics.Sum([.. files.Select(f => EventMetrics.Of(f.Series))]),
        RecallAtBudget.Of([.. files.Select(f => f.Series)], Budgets));
}
