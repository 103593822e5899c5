using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using LeptonStream.Alerts;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Quality;
using LeptonStream.Roles.Tests.Collector.Mapping;
using static LeptonStream.Roles.Tests.Collector.Mapping.MappingPayload;
using static LeptonStream.Roles.Tests.Collector.Quality.QualityStory;

namespace LeptonStream.Roles.Tests.Collector.Quality;

/// <summary>A source that repeats its values is neither late, dead nor blank; and one that has nothing to say is not frozen.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(NUnit.Framework.LifeCycle.InstancePerTestCase)]
public sealed class FrozenPartsTests
{
    private const string Blank = "9223372036854775794";

    private readonly Random _random = new(7);

    [Test]
    public void APart_ThatRepeatsItsValues_IsOneWarningWithItsName()
    {
        var story = new QualityStory();
        story.Run(3, () => Gpus(8));
        var stands = Gpu(3);
        story.Run(1, () => [.. Gpus(8).Select((gpu, i) => i == 3 ? stands : gpu)]);
        story.Run(1, () => Gpus(8));

        Assert.That(story.Opened.Select(e => e.Metric), Is.EqualTo((string[])["lepton.quality.parts_frozen"]), story.Story);
        Assert.That(story.Opened[0].Severity, Is.EqualTo(AlertSeverity.Warning));
        Assert.That(story.Opened[0].RoutingLabels["alertname"], Is.EqualTo("LeptonStreamDataQuality"));
        Assert.That(story.Opened[0].English.Summary,
            Does.Contain("gpu=\"3\"").And.EndWith("goes on sending, but none of its values changes"));
        Assert.That(story.Opened[0].Chinese.Summary, Does.EndWith("仍在上报，但数值都不再变化"));
        Assert.That(story.Events[^1].EndedReason, Is.EqualTo(EndedReason.Recovered), story.Story);
        Assert.That(story.Events[^1].English.Summary, Does.Contain("values change again"));
    }

    // One cause, one name.
    [TestCase("frozen", "lepton.quality.parts_frozen", "")]
    [TestCase("dead", "lepton.quality.score", "completeness")]
    [TestCase("late", "lepton.quality.score", "timeliness")]
    [TestCase("blank", "lepton.quality.score", "validity")]
    public void ASource_ThatIs_IsToldFromTheOthers(string how, string metric, string lowest)
    {
        var story = new QualityStory();
        story.Run(30, () => Gpus(4));
        var stand = Gpus(4);
        story.Delay = how == "late" ? 300 : 0;
        story.Run(0.6, () => how switch
        {
            "frozen" => stand,
            "dead" => [],
            "late" => Gpus(4),
            _ => [.. Enumerable.Range(0, 4).Select(i => Gpu(i, Blank, Blank, Blank))],
        });

        Assert.That(story.Opened.Select(e => e.Metric), Is.EqualTo((string[])[metric]), story.Story);
        var lows = story.Written.Where(text => text.Contains("quality.score", StringComparison.Ordinal))
            .Select(text => JsonNode.Parse(text)!["metrics"]!.AsObject().Where(part => (double)part.Value! < 0.9)
                .OrderBy(part => (double)part.Value!).Select(part => part.Key).FirstOrDefault(IsPart, ""));
        Assert.That(lows.Distinct(), lowest.Length == 0 ? Is.EqualTo((string[])[""]) : Has.Member($"lepton.quality.{lowest}"));
    }

    [TestCase("constant")]
    [TestCase("idle")]
    [TestCase("cools")]
    [TestCase("slow")]
    [TestCase("one lives")]
    [TestCase("alone")]
    [TestCase("young")]
    [TestCase("run")]
    public void ASource_ThatHasAReasonToStand_IsNotFrozen(string how)
    {
        var (story, i, held) = (new QualityStory(), 0, "");
        story.Run(how == "young" ? 0.5 : 30, () => Next(false));
        story.Run(how == "slow" ? 30 : 10, () => Next(true));
        Assert.That(story.Events, Is.Empty, story.Story);
        Assert.That(story.Written, Has.None.Contains("frozen"));

        List<string> Next(bool stands)
        {
            i++;
            var message = how switch
            {
                "constant" => Pod("p", "\"limit\":700,\"version\":3,\"ecc\":0"),
                // A night without requests: counts and gauges are zero, and what the last request left stands.
                "idle" => Pod("p", stands ? "\"rps\":0,\"running\":0,\"kv\":0,\"last_ms\":231,\"hit_rate\":0.4"
                    : $"\"rps\":{Any(50)},\"running\":{Any(20)},\"kv\":{Any(1)},\"last_ms\":{Any(400)},\"hit_rate\":{Any(1)}"),
                // In whole watts and degrees: the clock first, then the power, and the temperature minutes later.
                "cools" => Cooling(stands ? ++_cooled : 0),
                // Its page is computed every ten minutes.
                "slow" => held = i % 60 == 0 || held.Length == 0 ? Gpu(1) : held,
                "one lives" => Pod("p", $"\"a\":{(stands ? "5" : Any(9))},\"b\":{(stands ? "7" : Any(9))},\"uptime_s\":{i * 10}"),
                "alone" => Pod("p", $"\"a\":{(stands ? "5" : Any(9))},\"limit\":7"),
                "young" => held = stands && held.Length > 0 ? held : Gpu(1),
                "run" => held = stands ? held : Gpu(1).Replace("\"metrics\"", $"\"step\":{i},\"metrics\"", StringComparison.Ordinal),
                _ => throw new ArgumentException(how),
            };
            return [message];
        }
    }

    // An evaluation of twenty minutes every three hours is known when it has come twice; a fault that comes a second time is no habit.
    [Test]
    public void APause_ThatComesAgainAndAgain_IsUsualFromTheThirdOn()
    {
        var (story, i, held) = (new QualityStory(), 0, "");
        story.Run(30, () => [held = i++ % 1080 >= 960 && held.Length > 0 ? held : Gpu(1)]);
        Assert.That(story.Opened, Has.Count.EqualTo(2), story.Story);
    }

    // The rates of a page that stands are zero, as those of idle traffic are: its levels decide.
    [TestCase(true)]
    [TestCase(false)]
    public void APage_ThatStands_IsFrozenByItsLevels(bool isBusy)
    {
        var (mapper, quality) = (new PointMapper(CollectorConfig.Default), new SourceQuality());
        var (requests, running, usage) = (0.0, 0.0, 0.0);
        for (var i = 0; i < 720; i++)
        {
            if (i < 600) (requests, running, usage) = (requests + _random.Next(1, 50), 1 + _random.Next(30), _random.NextDouble());
            else if (!isBusy) (running, usage) = (0, 0);
            var page = new MappingPayload().Total("requests_total{job=j}", i * 10, requests).Gauge("running{job=j}", i * 10, running)
                .Gauge("usage{job=j}", i * 10, usage).Gauge("scrape_duration_seconds{job=j}", i * 10, _random.NextDouble());
            quality.Observe(page.MapBy(mapper, received: i * 10), At(i * 10));
        }

        quality.Score("j", At(7200));
        Assert.That(quality.All.Single().Notices.Take(At(7200)).Select(notice => notice.Metric),
            Is.EqualTo(isBusy ? [QualityNotices.Frozen] : Array.Empty<string>()));
    }

    private static bool IsPart(string name) => name != "lepton.quality.score" && !name.EndsWith("_s", StringComparison.Ordinal);

    [Test]
    public void Stillness_OfASeries_TakesFewBytes() => Assert.That(Unsafe.SizeOf<ChangeShare>(), Is.LessThanOrEqualTo(32));

    private int _cooled;

    private List<string> Gpus(int count) => [.. Enumerable.Range(0, count).Select(i => Gpu(i))];

    private string Gpu(int gpu) => Gpu(gpu, Any(80), Any(700), Any(100));

    private static string Gpu(int gpu, string degrees, string watts, string util) => Message("m", $"\"host\":\"h\",\"gpu\":\"{gpu}\"",
        $"\"temp_c\":{degrees},\"power_w\":{watts},\"util\":{util},\"power_limit_w\":700,\"errors\":0");

    private string Cooling(int step)
    {
        var degrees = step == 0 ? _random.Next(60, 80) : Math.Max(34, 70 - (step / 2));
        var (watts, clock) = step == 0 ? (_random.Next(400, 700), _random.Next(1500, 1900)) : (step < 5 ? 90 - step : 62, 345);
        return Gpu(1, $"{degrees}", $"{watts}", step == 0 ? Any(100) : "0").Replace("\"errors\"", $"\"clock\":{clock},\"errors\"",
            StringComparison.Ordinal);
    }

    private string Any(double most) => (most * (0.01 + _random.NextDouble())).ToString("0.###", CultureInfo.InvariantCulture);
}
