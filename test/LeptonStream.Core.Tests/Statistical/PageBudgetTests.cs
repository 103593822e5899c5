using LeptonStream.Detection.Pages;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Statistical;

/// <summary>
/// The promise of the page budget: on a fleet where nothing happens, pages come at most twice as often as the budget allows, whether the
/// fleet has a hundred series or a million, whether they are independent, move together, or have heavier tails than their scores say.
/// </summary>
/// <remarks>
/// Alerts beyond a series' own critical line (once in 91 days) are drawn for 26 weeks. A page is one or more critical alerts of a model in
/// ten minutes.
/// </remarks>
public sealed class PageBudgetTests
{
    private const int Weeks = 26;
    private const double CriticalDecades = 1.114;
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly Timestamp Start = Timestamp.FromUnixSeconds(1_795_341_600);

    [Test]
    public void Admits_AFleetAtRest_StaysWithinTwiceTheBudget(
        [Values(100, 10_000, 1_000_000)] int series,
        [Values("independent", "racks of 20", "deploys of a tenth", "heavy tails", "heavy tails in racks")] string kind)
    {
        var slope = kind.StartsWith("heavy", StringComparison.Ordinal) ? 0.5 : 1;
        var block = kind.Contains("rack", StringComparison.Ordinal) ? 20 : kind.StartsWith("deploys", StringComparison.Ordinal)
            ? series / 10
            : 1;
        var (pages, critical) = Run(series, block, slope);
        TestContext.Out.WriteLine($"{series:N0} series, {kind}: {pages / (7.0 * Weeks):F3} false pages a day, {critical} critical alerts; "
            + $"budget {1 / 7.0:F3}");
        Assert.That(pages, Is.LessThanOrEqualTo(2 * Weeks));
    }

    [TestCase(20, 3.4)]
    [TestCase(1, 4.8)]
    public void Admits_AFaultInAFleetOfTenThousand_IsAPageInNineOfTen(int affected, double decades)
    {
        var found = 0;
        for (var seed = 0; seed < 20; seed++)
        {
            var fleet = new Fleet(10_000, 1, 1, seed);
            fleet.Run(4);
            if (fleet.Fault(affected, decades)) found++;
        }

        TestContext.Out.WriteLine($"{affected} series at {decades} decades: {found} of 20");
        Assert.That(found, Is.GreaterThanOrEqualTo(18));
    }

    private static (int Pages, int Critical) Run(int series, int block, double slope)
    {
        var fleet = new Fleet(series, block, slope, seed: series + block);
        fleet.Run(Weeks);
        return (fleet.PageCount, fleet.Critical);
    }

    // Blocks of series alarm at once, each as a Poisson process; scores are exponential in decades.
    private sealed class Fleet(int series, int block, double slope, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly ModelPages _pages = new();
        private double _seconds;
        private double _paged = double.NegativeInfinity;

        public int PageCount { get; private set; }

        public int Critical { get; private set; }

        public void Run(int weeks)
        {
            var rate = series / (double)block * Math.Pow(10, -CriticalDecades * slope) / Week.TotalSeconds;
            for (_seconds = Next(rate); _seconds < weeks * Week.TotalSeconds; _seconds += Next(rate))
            {
                var decades = CriticalDecades + (Next(1) / (slope * Math.Log(10)));
                for (var i = 0; i < block; i++) Ask(decades);
            }
        }

        public bool Fault(int affected, double decades)
        {
            var before = Critical;
            for (var i = 0; i < affected; i++) Ask(decades);
            return Critical > before;
        }

        private void Ask(double decades)
        {
            if (!_pages.Admits(Start + TimeSpan.FromSeconds(_seconds), decades, series, Week)) return;
            Critical++;
            if (_seconds - _paged > ModelPages.Together.TotalSeconds) PageCount++;
            _paged = _seconds;
        }

        private double Next(double rate) => -Math.Log(1 - _random.NextDouble()) / rate;
    }
}
