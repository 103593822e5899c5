using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;

namespace LeptonStream.Detection.Calibration;

/// <summary>The false-alarm budgets of a policy as scores and rarities.</summary>
internal static class AlarmLine
{
    private static readonly CalibrationTuning Tuning = CalibrationTuning.Default;

    /// <summary>The rarity, counted per five minutes, that comes once in the warning budget.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="tests">Number of detectors that share the budget, from 1: each gets its part of it (Bonferroni).</param>
    public static double RarityOf(SeriesPolicy policy, int tests) =>
        Math.Log10(policy.WarningBudget.TotalSeconds / SeriesState.ReferenceSeconds) + Math.Log10(Math.Max(1, tests)) + Tuning.HeavyTail;

    /// <summary>The score of the critical budget's line.</summary>
    public static double CriticalScoreOf(SeriesPolicy policy) =>
        1 + (Tuning.LinesPerDecade * Math.Log10(policy.CriticalBudget / policy.WarningBudget));

    /// <summary>
    /// How many warning budgets long the time is in which so high a score is expected once: the inverse of <see cref="CriticalScoreOf"/>.
    /// </summary>
    public static double BudgetsOf(double score) => Math.Pow(10, DecadesBetween(1, score));

    /// <summary>By how many powers of ten one score is rarer than another.</summary>
    public static double DecadesBetween(double score, double rarer) => (rarer - score) / Tuning.LinesPerDecade;
}
