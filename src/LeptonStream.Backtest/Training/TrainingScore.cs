using MathNet.Numerics.Statistics;

namespace LeptonStream.Backtest.Training;

/// <summary>The results of the training monitor on a set of runs.</summary>
/// <param name="Runs">The runs.</param>
internal sealed record TrainingScore(IReadOnlyList<TrainingRunScore> Runs)
{
    public IReadOnlyList<KindScore> Kinds { get; } =
        [.. Runs.SelectMany(r => r.Faults).GroupBy(f => f.Fault.Kind).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g =>
            KindScore.Of(g.Key, [.. g]))];

    public KindScore Total { get; } = KindScore.Of("total", [.. Runs.SelectMany(r => r.Faults)]);

    public int NormalRuns => Normal.Count();

    public int NormalPages => Normal.Sum(r => r.FalsePages);

    public int NormalEpisodes => Normal.Sum(r => r.FalseEpisodes);

    public double? NormalEpisodesPerRun => NormalRuns == 0 ? null : NormalEpisodes / (double)NormalRuns;

    /// <summary>False episodes of all runs, those with faults too.</summary>
    public int FalseEpisodes => Runs.Sum(r => r.FalseEpisodes);

    private IEnumerable<TrainingRunScore> Normal => Runs.Where(r => r.IsNormal);

    /// <summary>The faults of a severity.</summary>
    public IEnumerable<FaultOutcome> Of(string severity) => Runs.SelectMany(r => r.Faults).Where(f => f.Fault.Severity == severity);
}

/// <summary>The results for one kind of fault.</summary>
/// <param name="Kind">Kind of fault that was put into the runs.</param>
/// <param name="Faults">Number of faults of the kind.</param>
/// <param name="Detected">Number of them reported while they lasted.</param>
/// <param name="Prompt">Number of them reported in time.</param>
/// <param name="Paged">Number of them reported with a page.</param>
/// <param name="MedianDelaySteps">The middle delay of those detected (the lower of two middles), in steps; null where there is
/// none.</param>
internal sealed record KindScore(string Kind, int Faults, int Detected, int Prompt, int Paged, double? MedianDelaySteps)
{
    public static KindScore Of(string kind, IReadOnlyList<FaultOutcome> outcomes)
    {
        double[] delays = [.. outcomes.Select(o => o.DelaySteps).OfType<double>().Order()];
        return new(
            kind, outcomes.Count, delays.Length, outcomes.Count(o => o.IsPrompt), outcomes.Count(o => o.IsPaged),
            delays.Length == 0 ? null : SortedArrayStatistics.QuantileCustom(delays, 0.5, QuantileDefinition.R1));
    }
}
