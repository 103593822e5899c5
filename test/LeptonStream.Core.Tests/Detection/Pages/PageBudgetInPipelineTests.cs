using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;

namespace LeptonStream.Core.Tests.Detection.Pages;

/// <summary>A deviation that pages on a model of few series, or under a loose budget, is a warning among many under a strict one.</summary>
public sealed class PageBudgetInPipelineTests
{
    private const int Quiet = 400;

    [Test]
    public void Process_OneSeriesOfFortyDeviates_PagesAsTheBudgetOfTheModelAllows()
    {
        var strict = Opened(TimeSpan.FromDays(91), affected: 1, shift: 12);
        var loose = Opened(TimeSpan.FromHours(1), affected: 1, shift: 12);
        using var scope = Assert.EnterMultipleScope();
        Assert.That(loose.Select(alert => alert.Severity), Is.EqualTo(new[] { AlertSeverity.Critical }));
        Assert.That(strict.Select(alert => alert.Severity), Is.EqualTo(new[] { AlertSeverity.Warning }));
        Assert.That(strict[0].English.Description, Does.Contain("no page: the model has 40 series").And.Contain("in 91 d"));
        Assert.That(strict[0].Chinese.Description, Does.Contain("共有 40 个序列"));
        Assert.That(loose[0].English.Description, Does.Not.Contain("no page"));
    }

    [Test]
    public void Process_MostOfTheSeriesDeviateAtOnce_PagesUnderTheStrictBudgetToo() =>
        Assert.That(Opened(TimeSpan.FromDays(91), affected: 36, shift: 12).Select(alert => alert.Severity),
            Has.Member(AlertSeverity.Critical));

    private static List<AlertEvent> Opened(TimeSpan budget, int affected, double shift)
    {
        var policies = new PolicySet([], new() { PageBudget = budget }, PresetCatalog.Default);
        var driver = new PipelineTestDriver(policies: policies);
        var noise = Enumerable.Range(0, 40).Select(i => Streams.Noise(seed: i + 1, Quiet + 1)).ToArray();
        for (var row = 0; row <= Quiet; row++)
        {
            driver.Now += TimeSpan.FromMinutes(5);
            for (var i = 0; i < noise.Length; i++)
            {
                var value = noise[i][row].Value + (row == Quiet && i < affected ? shift : 0);
                driver.Step("m", "x", value, seconds: 0, labels: $$"""{"host":"{{i}}"}""");
            }
        }

        return [.. driver.Events.Where(alert => alert.Type == AlertEventType.Opened && alert.DetectedAt == driver.Now)];
    }
}
