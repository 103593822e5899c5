using LeptonStream.Alerts;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Mapping.Rates;
using LeptonStream.Collector.Quality;
using LeptonStream.Roles.Tests.Collector.Mapping;
using NUnit.Framework;
using static LeptonStream.Roles.Tests.Collector.Mapping.MappingPayload;
using static LeptonStream.Roles.Tests.Collector.Quality.QualityStory;

namespace LeptonStream.Roles.Tests.Collector.Quality;

/// <summary>Faults of the data that are alerts of their own: a changed schema or unit, and totals of two writers.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DataFaultsTests
{
    private const string Some = "\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5";
    private const string Old = Some + ",\"f\":6";

    [TestCase("p", "\"a\":1,\"b\":2,\"g\":7,\"h\":8", "gone: c, d, e, f; new: g, h")]
    [TestCase("q", "\"a\":1,\"b\":2,\"g\":7,\"h\":8", "gone: c, d, e, f; new: g, h")]
    [TestCase("p", "\"a\":1,\"b\":2,\"c\":3", "gone: d, e, f")]
    [TestCase("p", Old + ",\"g\":1,\"h\":2,\"i\":3,\"j\":4,\"k\":5", "new: g, h, i, j and 1 more")]
    public void Families_ThatComeOrGoTogether_AreOneAlertThatNamesThem(string pod, string metrics, string about)
    {
        var story = Learned(Old);
        story.Senders = [.. Enumerable.Range(0, 3).Select(i => Pod($"{pod}{i}", metrics))];
        story.Run(2);

        Assert.That(story.Opened, Has.Count.EqualTo(1), story.Story);
        Assert.That(story.Opened[0].RoutingLabels["alertname"], Is.EqualTo("LeptonStreamDataQuality"));
        Assert.That(story.Opened[0].RoutingLabels["about"], Is.EqualTo(about));
        Assert.That(story.Opened[0].Severity, Is.EqualTo(AlertSeverity.Warning));
        Assert.That(story.Opened[0].English.Summary, Does.EndWith($": metrics came or went together: {about}"));
        Assert.That(story.Events[^1].EndedReason, Is.EqualTo(EndedReason.Recovered), story.Story);
    }

    [TestCase("p", Old + ",\"g\":1,\"h\":1", 2)]
    [TestCase("p", Some, 0.9)]
    [TestCase("q", Some, 4)]
    public void AFamily_ThatComesAlone_OrGoesForAWhileOrWithItsSenders_IsNone(string pod, string metrics, double hours)
    {
        var story = Learned(Old);
        story.Senders = [.. Enumerable.Range(0, 3).Select(i => Pod($"{pod}{i}", metrics))];
        story.Run(hours);
        Assert.That(story.Events, Is.Empty, story.Story);
    }

    [Test]
    public void AFamily_ThatGoesAloneForGood_IsOneAlertThatNamesIt()
    {
        var story = Learned(Old);
        story.Senders = [.. Enumerable.Range(0, 3).Select(i => Pod($"p{i}", Some))];
        story.Run(4);
        Assert.That(story.Opened, Has.Count.EqualTo(1), story.Story);
        Assert.That(story.Opened[0].English.Summary, Does.EndWith(": a metric vanished for good: gone: f"));
        Assert.That(story.Opened[0].Chinese.Summary, Does.EndWith("：一项指标已不再上报：gone: f"));
        Assert.That(story.Events[^1].EndedReason, Is.EqualTo(EndedReason.Recovered), story.Story);
    }

    // Comes with traffic: it has paused before.
    [Test]
    public void AFamily_ThatPausedBefore_IsNotGoneForGood()
    {
        var (story, minute) = (new QualityStory { Interval = 60 }, 0);
        story.Run(40, () => [Pod("p", minute++ % 720 < 700 && minute < 1800 ? Old : Some)]);
        Assert.That(story.Events, Is.Empty, story.Story);
    }

    [TestCase(1 / 1000.0, "fell by a factor of 1000")]
    [TestCase(1 / 60.0, "fell by a factor of 60")]
    [TestCase(1024, "grew by a factor of 1000")]
    public void AMetric_WhoseUnitChanges_IsOneAlertThatNamesItAndTheFactor(double factor, string words)
    {
        var (story, random) = (new QualityStory { Interval = 60 }, new Random(5));
        Send(1, 120);
        Send(factor, 120);

        Assert.That(story.Opened, Has.Count.EqualTo(1), story.Story);
        Assert.That(story.Opened[0].English.Summary.Replace(",", "", StringComparison.Ordinal),
            Does.EndWith($": ttft_ms {words}: a changed unit?"));
        Assert.That(story.Opened[0].Chinese.Summary, Does.EndWith("：单位是否改变？"));

        void Send(double by, int minutes)
        {
            for (var minute = 0; minute < minutes; minute++)
            {
                story.Senders = [.. Enumerable.Range(0, 3).Select(i => Pod($"p{i}", FormattableString.Invariant(
                    $"\"ttft_ms\":{by * (200 + (100 * random.NextDouble()))},\"y\":1")))];
                story.Run(1 / 60.0);
            }
        }
    }

    // Ten times the level is an incident; a hundred is no unit; one that goes to and fro has two states; one series of many is its own.
    [TestCase("ten")]
    [TestCase("hundred")]
    [TestCase("noise")]
    [TestCase("one")]
    public void AMetric_ThatChangesOtherwise_KeepsItsUnit(string how)
    {
        var (story, random) = (new QualityStory { Interval = 60 }, new Random(5));
        for (var minute = 0; minute < 400; minute++)
        {
            var isLate = minute >= 200;
            story.Senders = [.. Enumerable.Range(0, 3).Select(i => Pod($"p{i}", FormattableString.Invariant($"\"ttft_ms\":{Value(i)}")))];
            story.Run(1 / 60.0);

            double Value(int i) => (200 + (100 * random.NextDouble())) * (how switch
            {
                "ten" => isLate ? 10 : 1,
                "hundred" => isLate ? 100 : 1,
                "noise" => Math.Pow(10, 3 * random.NextDouble()),
                _ => isLate && i == 0 ? 1000 : 1,
            });
        }

        Assert.That(story.Events, Is.Empty, story.Story);
    }

    // Two replicas whose client numbers neither: the total jumps between them.
    [TestCase(false)]
    [TestCase(true)]
    public void Totals_OfTwoWriters_AreDroppedAndSaid(bool saysStart)
    {
        var (mapper, quality) = (new PointMapper(CollectorConfig.Default), new SourceQuality());
        var samples = 0;
        for (var i = 0; i < 60; i++)
        {
            var isFirst = i % 2 == 0;
            var batch = new MappingPayload().Total("t_total{job=j}", 1000 + (i * 10), (isFirst ? 5000 : 100) + i,
                saysStart ? isFirst ? 10 : 500 : null).Gauge("g{job=j}", 1000 + (i * 10), 1).MapBy(mapper);
            quality.Observe(batch, At(1000 + (i * 10)));
            if (i >= 20) samples += SamplesOf(batch).Count(line => line.Contains("t_per_second", StringComparison.Ordinal));
            if (i == 30) Assert.That(batch.Drops[0].Detail, Does.Contain("two producers"));
        }

        Assert.That(samples, Is.Zero);
        quality.Score("j", At(1600));
        var notice = quality.All.Single().Notices.Take(At(1600)).Single();
        Assert.That((notice.Metric, notice.Value, notice.IsNew), Is.EqualTo(("lepton.quality.two_writers", 1.0, true)));
        Assert.That(notice.About, Does.Contain("t_per_second of j"));
    }

    // A process that crashes again and again, and one that is alone again.
    [Test]
    public void Totals_OfOneThatRestartsOften_AreOfOneWriter([Range(0, 49)] int seed)
    {
        var (random, watch) = (new Random(seed), default(WriterWatch));
        var (before, total) = (0.0, 0.0);
        for (var i = 1; i < 2000; i++)
        {
            total = random.Next(6) == 0 ? random.Next(3) : total + random.Next(1, 100);
            Assert.That(watch.AreTwo(before, total, i * 10_000_000_000, 0, 0), Is.False);
            before = total;
        }
    }

    [Test]
    public void Total_WhoseSecondWriterStops_CountsAgainAfterTenMinutes()
    {
        var state = default(TotalState);
        var last = DropReason.None;
        for (var i = 0; i < 100; i++)
        {
            var isFirst = i % 2 == 0 || i > 20;
            last = state.Take((isFirst ? 5000 : 100) + i, (i + 1) * 10_000_000_000, 0, out _);
            if (i is > 20 and < 70) Assert.That(last, Is.EqualTo(DropReason.Collision));
        }

        Assert.That(last, Is.EqualTo(DropReason.None));
    }

    [Test]
    public void Score_ValuesThatAreNoNumbers_AreLessValidThanUsual()
    {
        var (mapper, quality) = (new PointMapper(CollectorConfig.Default), new SourceQuality());
        QualityScore? score = null;
        for (var i = 0; i < 240; i++)
        {
            var payload = new MappingPayload().Gauge("never{job=j}", i * 10, double.NaN).Gauge("a{job=j}", i * 10, i < 120 ? 1 : double.NaN)
                .Gauge("b{job=j}", i * 10, 1);
            quality.Observe(payload.MapBy(mapper), At(i * 10));
            if (i % 60 != 59) continue;
            score = quality.Score("j", At(i * 10));
            if (i == 119) Assert.That(score!.Value.Validity, Is.EqualTo(1));
        }

        Assert.That(score!.Value.Validity, Is.EqualTo(0.5).Within(0.01));
    }

    private static QualityStory Learned(string metrics)
    {
        var story = new QualityStory { Interval = 60, Senders = [.. Enumerable.Range(0, 3).Select(i => Pod($"p{i}", metrics))] };
        story.Run(26);
        return story;
    }
}
