using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;

namespace LeptonStream.Detection.Calibration;

/// <summary>What the false-alarm budgets of a policy mean for scores and rarities.</summary>
internal static class AlarmLine
{
    // Real series have heavier tails than the exponential one that is fitted; so many decades keep the budget on them (docs/accuracy.md).
    private const double HeavyTail = 0.5;

    // Score units per tenfold budget; measured on heavy-tailed noise (docs/accuracy.md).
    private const double LinesPerDecade = 0.9;

    /// <summary>The rarity, counted per five minutes, that comes once in the warning budget.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="voices">How many share the budget: each gets its part of it (Bonferroni).</param>
    public static double RarityOf(SeriesPolicy policy, int voices) =>
        Math.Log10(policy.WarningBudget.TotalSeconds / SeriesState.ReferenceSeconds) + Math.Log10(Math.Max(1, voices)) + HeavyTail;

    /// <summary>The score of the critical budget's line.</summary>
    public static double CriticalScoreOf(SeriesPolicy policy) =>
        1 + (LinesPerDecade * Math.Log10(policy.CriticalBudget / policy.WarningBudget));

    /// <summary>
    /// How many warning budgets long the time is in which so high a score is expected once: the inverse of <see cref="CriticalScoreOf"/>.
    /// </summary>
    public static double BudgetsOf(double score) => Math.Pow(10, (score - 1) / LinesPerDecade);
}
