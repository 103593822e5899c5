namespace LeptonStream.Backtest.Proposals;

/// <summary>The proposals for a recording, and the recording without and with them.</summary>
/// <param name="Proposals">One for each series; without settings where the default stays.</param>
/// <param name="Before">The files under the present policies.</param>
/// <param name="After">The files with the proposals.</param>
internal sealed record TuningResult(
    IReadOnlyList<SeriesProposal> Proposals, IReadOnlyList<BacktestFile> Before, IReadOnlyList<BacktestFile> After)
{
    /// <summary>The costs of a half over all files, before and after.</summary>
    /// <param name="half">0 for the first half, 1 for the second.</param>
    public (HalfCost Before, HalfCost After) Total(int half) => (Sum(Before, half), Sum(After, half));

    private static HalfCost Sum(IEnumerable<BacktestFile> files, int half) =>
        files.Aggregate(default(HalfCost), (sum, file) => sum + SeriesCosts.Of(file, half));
}
