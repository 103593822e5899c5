using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;

namespace LeptonStream.Detection.Calibration;

/// <summary>
/// The false-alarm budgets of a policy as rarities, which are counted per five minutes, and as scores, whose unit is the rarity of the
/// warning line.
/// </summary>
/// <remarks>
/// Up to a week the line of a budget is the rarity that comes once in it: what is counted keeps its promise, and the detectors that share a
/// budget mostly agree. Beyond, a rarity is what a fitted tail says, and that promises more than series keep: a budget ten times as long
/// takes three decades of it, and one of distances, whose tail is the fitted one. Only the line moves with the budget; what is news does
/// not, so the order of scores stays.
/// </remarks>
internal sealed class AlarmLine
{
    // Of an absurdly short budget: about one sample in three.
    private const double Least = 0.5;

    private static readonly CalibrationTuning Tuning = CalibrationTuning.Default;
    private static readonly double Week = Decades(TimeSpan.FromDays(7));

    // What comes back stays below the line of a week, and keeps its order from a tenth below it on.
    private static readonly double MostOfRecurrent = 0.99 * Week;
    private static readonly double FreeOfRecurrent = 0.9 * Week;

    private readonly TimeSpan _budget;

    // Powers of ten between both budgets, and how many of them a score makes up to the critical line, and from there on.
    private readonly double _between;
    private readonly double _perScore;
    private readonly double _beyond;

    private AlarmLine(double rarity, double criticalScore, SeriesPolicy policy, double beyond)
    {
        (Rarity, CriticalScore, _budget) = (rarity, Math.Max(1, criticalScore), policy.WarningBudget);
        (_between, _beyond) = (Between(policy), beyond);
        _perScore = CriticalScore > 1 ? _between / (CriticalScore - 1) : beyond;
    }

    /// <summary>The rarity at which the score is 1.</summary>
    public double Rarity { get; }

    /// <summary>The budget of the warning line.</summary>
    public TimeSpan Budget => _budget;

    /// <summary>The score from which on an alert is critical.</summary>
    public double CriticalScore { get; }

    /// <summary>The line of a series by itself.</summary>
    public static AlarmLine OfSeries(SeriesPolicy policy) => Of(policy, least: 0);

    /// <summary>
    /// The line of a series that is a metric of an entity: all of them share one budget, and the entity speaks for them together, so that
    /// of one alone only news opens an alert. A page is as rare as of any series.
    /// </summary>
    /// <param name="policy">The policy.</param>
    /// <param name="newsFrom">The rarity from which on a sample is news: <see cref="NewsFrom"/>.</param>
    public static AlarmLine OfMetric(SeriesPolicy policy, double newsFrom) => Of(policy, newsFrom);

    /// <summary>The line of an entity, whose scores are held against one of its own past.</summary>
    public static AlarmLine OfEntity(SeriesPolicy policy)
    {
        var critical = 1 + (Tuning.LinesPerDecade * Between(policy));
        return new(policy.Line * (Decades(policy.WarningBudget) + Tuning.HeavyTail), critical, policy, 1 / Tuning.LinesPerDecade);
    }

    /// <summary>A line of which nothing but the critical score counts.</summary>
    public static AlarmLine At(double criticalScore) => new(1, criticalScore, SeriesPolicy.Default, 1);

    /// <summary>The rarity from which on a sample is news to its series, and no example to learn from, whatever the budget.</summary>
    /// <param name="tests">Number of detectors that speak, from 1: each gets its part of a week (Bonferroni).</param>
    public static double NewsFrom(int tests) => Week + Math.Log10(Math.Max(1, tests)) + Tuning.HeavyTail;

    /// <summary>
    /// The rarity of a sample that is far from all ordinary ones and may have come often, per five minutes: short of once in a week,
    /// however far it lies. Its order is kept.
    /// </summary>
    /// <param name="decades">Its rarity by the body of the scores, per five minutes.</param>
    public static double OfRecurrent(double decades)
    {
        var room = MostOfRecurrent - FreeOfRecurrent;
        return decades <= FreeOfRecurrent
            ? Math.Max(0, decades)
            : MostOfRecurrent - (room * Math.Exp((FreeOfRecurrent - decades) / room));
    }

    /// <summary>
    /// By how many powers of ten a score is rarer than one in the warning budget: 0 at the line, and at the critical line so many that it
    /// is one in the critical budget.
    /// </summary>
    public double DecadesOf(double score) => score <= CriticalScore
        ? (score - 1) * _perScore
        : _between + ((score - CriticalScore) * _beyond);

    /// <summary>The days in which so high a score is expected once.</summary>
    public double DaysOf(double score) => _budget.TotalDays * Math.Pow(10, DecadesOf(score));

    private static AlarmLine Of(SeriesPolicy policy, double least)
    {
        var rarity = Math.Max(least, RarityOf(policy.WarningBudget, policy.IsDistance ? 1 : Tuning.TailPerDecade));
        var raised = policy.Line * rarity;
        return new(raised, CriticalRarityOf(policy) / rarity, policy, raised / Tuning.TailPerDecade);
    }

    // A page must be sure: some decades beyond the line of its budget. Where both budgets are one, so are both lines.
    private static double CriticalRarityOf(SeriesPolicy policy) =>
        RarityOf(policy.CriticalBudget, Tuning.TailPerDecade) + (Tuning.CriticalMore * Math.Min(1, Between(policy)));

    private static double RarityOf(TimeSpan budget, double perDecade)
    {
        var decades = Decades(budget);
        return Math.Max(Least, decades + ((perDecade - 1) * Math.Max(0, decades - Week)));
    }

    private static double Between(SeriesPolicy policy) => Math.Log10(policy.CriticalBudget / policy.WarningBudget);

    private static double Decades(TimeSpan budget) => Math.Log10(budget.TotalSeconds / SeriesState.ReferenceSeconds);
}
