using LeptonStream.Detection.Pages;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Statistical;

/// <summary>
/// The promise of the budgets of a model: on a fleet where nothing happens, pages and warnings come at most twice as often as they allow,
/// whether the fleet has a hundred series or a million, whether they are independent, move together, or have heavier tails than their
/// scores say.
/// </summary>
/// <remarks>
/// Alerts beyond a series' own critical line (once in 91 days) are drawn for 26 weeks, those beyond its warning line (once in 7 days) for
/// four. A page is one or more critical alerts of a model in ten minutes, and so is a warning.
/// </remarks>
public sealed class PageBudgetTests
{
    private const int Weeks = 26;
    private const double CriticalDecades = 1.114;
    private const int WarningWeeks = 4;
    private const double WarningDecades = 1.322;
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan ThirdOfADay = TimeSpan.FromHours(8);
    private static readonly Timestamp Start = Timestamp.FromUnixSeconds(1_795_341_600);

    [Test]
    public void Admits_AFleetAtRest_StaysWithinTwiceTheBudget(
        [Values(100, 10_000, 1_000_000)] int series,
        [Values("independent", "racks of 20", "deploys of a tenth", "heavy tails", "heavy tails in racks")] string kind)
    {
        var fleet = Rest(series, kind, Week, CriticalDecades, Weeks);
        TestContext.Out.WriteLine($"{series:N0} series, {kind}: {fleet.Count / (7.0 * Weeks):F3} false pages a day, "
            + $"{fleet.Admitted} critical alerts; budget {1 / 7.0:F3}");
        Assert.That(fleet.Count, Is.LessThanOrEqualTo(2 * Weeks));
    }

    [Test]
    public void Admits_AFleetAtRest_StaysWithinTwiceTheBudgetOfWarnings(
        [Values(100, 10_000, 1_000_000)] int series,
        [Values("independent", "racks of 20", "deploys of a tenth", "heavy tails", "heavy tails in racks")] string kind)
    {
        var fleet = Rest(series, kind, ThirdOfADay, WarningDecades, WarningWeeks);
        TestContext.Out.WriteLine($"{series:N0} series, {kind}: {fleet.Count / (7.0 * WarningWeeks):F2} false warnings a day, of "
            + $"{fleet.Asked / (7.0 * WarningWeeks):F0} alerts; budget 3");
        Assert.That(fleet.Count, Is.LessThanOrEqualTo(2 * 3 * 7 * WarningWeeks));
    }

    [TestCase(20, 3.4)]
    [TestCase(1, 4.8)]
    public void Admits_AFaultInAFleetOfTenThousand_IsAPageInNineOfTen(int affected, double decades)
    {
        var found = 0;
        for (var seed = 0; seed < 20; seed++)
        {
            var fleet = new Fleet(10_000, 1, 1, Week, CriticalDecades, seed);
            fleet.Run(4);
            if (fleet.Fault(affected, decades)) found++;
        }

        TestContext.Out.WriteLine($"{affected} series at {decades} decades: {found} of 20");
        Assert.That(found, Is.GreaterThanOrEqualTo(18));
    }

    private static Fleet Rest(int series, string kind, TimeSpan budget, double first, int weeks)
    {
        var slope = kind.StartsWith("heavy", StringComparison.Ordinal) ? 0.5 : 1;
        var block = kind.Contains("rack", StringComparison.Ordinal) ? 20 : kind.StartsWith("deploys", StringComparison.Ordinal)
            ? series / 10
            : 1;
        var fleet = new Fleet(series, block, slope, budget, first, seed: series + block);
        fleet.Run(weeks);
        return fleet;
    }

    // Blocks of series alarm at once, each as a Poisson process; scores are exponential in decades, from the first on.
    private sealed class Fleet(int series, int block, double slope, TimeSpan budget, double first, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly ModelBudget _model = new();
        private double _seconds;
        private double _last = double.NegativeInfinity;

        public int Count { get; private set; }

        public int Admitted { get; private set; }

        public int Asked { get; private set; }

        public void Run(int weeks)
        {
            var rate = series / (double)block * Math.Pow(10, -first * slope) / budget.TotalSeconds;
            for (_seconds = Next(rate); _seconds < weeks * Week.TotalSeconds; _seconds += Next(rate))
            {
                var decades = first + (Next(1) / (slope * Math.Log(10)));
                for (var i = 0; i < block; i++) Ask(decades);
            }
        }

        public bool Fault(int affected, double decades)
        {
            var before = Admitted;
            for (var i = 0; i < affected; i++) Ask(decades);
            return Admitted > before;
        }

        private void Ask(double decades)
        {
            Asked++;
            if (!_model.Admits(Start + TimeSpan.FromSeconds(_seconds), decades, null, series, budget)) return;
            Admitted++;
            if (_seconds - _last > ModelBudget.Together.TotalSeconds) Count++;
            _last = _seconds;
        }

        private double Next(double rate) => -Math.Log(1 - _random.NextDouble()) / rate;
    }
}
