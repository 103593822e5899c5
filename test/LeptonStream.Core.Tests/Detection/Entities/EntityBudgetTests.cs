using LeptonStream.Alerts;
using LeptonStream.Detection.Policies;

namespace LeptonStream.Core.Tests.Detection.Entities;

/// <summary>
/// The promise of the line for entities: where nothing happens, an entity raises one alert of its own in the warning budget, its metrics
/// alike or not.
/// </summary>
[Category("Slow"), Parallelizable(ParallelScope.Children)]
public sealed class EntityBudgetTests
{
    private const int Rows = 150_000;

    [TestCase("independent")]
    [TestCase("correlated")]
    [TestCase("heavy-tailed")]
    [TestCase("bursts of all")]
    public void Process_NothingButNoise_StaysWithinTwiceTheBudget(string kind)
    {
        var random = new Random(11);
        var driver = new EntityDriver(6);
        var (load, burst) = (0.0, 0);
        driver.Send(Rows, (metric, noise) =>
        {
            if (metric == 0)
            {
                load = (0.9 * load) + (random.NextDouble() - 0.5);
                burst = burst > 0 ? burst - 1 : random.Next(500) == 0 ? 10 : 0;
            }

            return kind switch
            {
                "correlated" => noise + (3 * load),
                "heavy-tailed" => noise / Math.Sqrt(Math.Max(0.02, random.NextDouble())),
                "bursts of all" => noise * (burst > 0 ? 3 : 1),
                _ => noise,
            };
        });

        var budget = TimeSpan.FromMinutes(Rows) / SeriesPolicy.Default.WarningBudget;
        var opened = driver.Events.Count(e => e is { Type: AlertEventType.Opened, Metric: "entity" });
        var pages = driver.Events.Where(e => e.Severity == AlertSeverity.Critical).Select(e => (e.AlertId, e.Metric)).Distinct().ToArray();
        TestContext.Out.WriteLine($"{kind}: {opened} alerts of the entity, budget {budget:F1}; "
            + $"{driver.Events.Count(e => e.Type == AlertEventType.Opened) - opened} of its 6 metrics; "
            + $"critical: {pages.Count(p => p.Metric == "entity")} of the entity, {pages.Count(p => p.Metric != "entity")} of metrics");
        Assert.That(opened, Is.LessThanOrEqualTo(2 * budget));
    }
}
