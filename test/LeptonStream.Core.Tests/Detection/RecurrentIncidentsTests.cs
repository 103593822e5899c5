using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using MathNet.Numerics.Distributions;

namespace LeptonStream.Core.Tests.Detection;

/// <summary>
/// Incidents that come every day are ordinary by their number, and no alarm at a budget of a week. They rank above all noise, so that a
/// shorter budget finds them.
/// </summary>
public sealed class RecurrentIncidentsTests
{
    private const int Days = 24;
    private const int RowsADay = 288;

    // Learned by then: an incident that came five times is counted.
    private const int From = 12 * RowsADay;

    [Test]
    public void IncidentsOfEveryDay_RankAboveAllNoise()
    {
        var (driver, incidents) = Run(TimeSpan.FromDays(7));
        var noise = driver.Judged.Where((_, row) => row >= From && !incidents.Any(first => row >= first && row < first + 20))
            .Max(judged => judged.Score);
        double[] scores = [.. incidents.Where(first => first >= From)
            .Select(first => driver.Judged.Skip(first).Take(3).Max(judged => judged.Score))];
        TestContext.Out.WriteLine($"noise {noise:F2}, incidents {string.Join(", ", scores.Order().Select(score => $"{score:F2}"))}");
        Assert.That(scores.Count(score => score > noise), Is.GreaterThanOrEqualTo(0.8 * scores.Length));
    }

    [Test]
    public void ShorterBudget_FindsTheIncidentsOfEveryDay()
    {
        var (day, incidents) = Run(TimeSpan.FromDays(1));
        var found = incidents.Count(first => first >= From && day.Judged.Skip(first).Take(3).Any(judged => judged.IsAlerting));
        TestContext.Out.WriteLine($"{found} of {incidents.Count(first => first >= From)} found");
        Assert.That(found, Is.GreaterThanOrEqualTo(0.8 * incidents.Count(first => first >= From)));
    }

    // Two samples at twelve deviations, at another hour each time: no habit.
    private static (PipelineTestDriver Driver, int[] Incidents) Run(TimeSpan budget)
    {
        var random = new Random(9);
        int[] incidents = [.. Enumerable.Range(2, Days - 2).SelectMany(day => (int[])[Row(day, 0), Row(day, 1)])];
        var policies = new PolicySet([], new() { WarningBudget = budget }, PresetCatalog.Default);
        var driver = new PipelineTestDriver(policies: policies);
        for (var row = 0; row < Days * RowsADay; row++)
        {
            var isIncident = incidents.Any(first => row == first || row == first + 1);
            driver.Step("m", "queue_seconds", 50 + Normal.Sample(random, 0, 1) + (isIncident ? 12 : 0), seconds: 300);
        }

        return (driver, incidents);

        int Row(int day, int half) => (day * RowsADay) + (half * RowsADay / 2) + random.Next(RowsADay / 2 - 20);
    }
}
