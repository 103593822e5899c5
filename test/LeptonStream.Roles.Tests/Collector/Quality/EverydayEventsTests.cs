using LeptonStream.Alerts;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Quality;
using LeptonStream.Series;
using static LeptonStream.Roles.Tests.Collector.Quality.QualityStory;

namespace LeptonStream.Roles.Tests.Collector.Quality;

/// <summary>Ends, scale-downs, rollouts and rebalances are no fault of the data; a source that dies is.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(NUnit.Framework.LifeCycle.InstancePerTestCase)]
public sealed class EverydayEventsTests
{
    private const double Learned = 30;

    [Test]
    public void Senders_ThatSayTheirEnd_AreMissedByNobody()
    {
        var story = Of(4);
        story.Senders = story.Senders[..1];
        for (var i = 1; i < 4; i++) story.Send(Pod($"p{i}", "").Replace("}}", "},\"ended\":[\"x\"]}", StringComparison.Ordinal));
        AssertQuiet(story);
    }

    [TestCase(4, 3, 10)]
    [TestCase(4, 3, 60)]
    [TestCase(4, 2, 15)]
    [TestCase(40, 20, 10)]
    public void Senders_ThatLeaveWithoutAWord_WhileMostGoOn_AreMissedByNobody(int before, int after, int interval)
    {
        var story = Of(before, interval);
        story.Senders = story.Senders[..after];
        AssertQuiet(story);
    }

    [TestCase(10)]
    [TestCase(60)]
    public void Senders_ThatAreReplacedByOthers_AreMissedByNobody(int interval)
    {
        var story = Of(4, interval);
        story.Senders = [.. Enumerable.Range(0, 4).Select(i => Pod($"new{i}"))];
        AssertQuiet(story);
    }

    [Test]
    public void Parts_ThatAreReplacedByOthers_AreMissedByNobody()
    {
        var story = Of(0);
        story.Senders = [.. Enumerable.Range(0, 4).Select(i => Message("m", $"\"i\":\"{i}\"", "\"x\":1"))];
        story.Run(Learned);
        story.Senders = [.. Enumerable.Range(4, 4).Select(i => Message("m", $"\"i\":\"{i}\"", "\"x\":1"))];
        AssertQuiet(story);
    }

    [Test]
    public void Partitions_ThatGoToAnotherCollector_TakeTheirSendersAlong()
    {
        var story = new QualityStory { Source = "topic" };
        story.Mapping.Qualities.Assign("topic", [0, 1, 2, 3]);
        story.Senders = [.. Enumerable.Range(0, 8).Select(i => Pod($"p{i}"))];
        story.Run(Learned);
        story.Mapping.Qualities.Assign("topic", []);
        story.Mapping.Qualities.Assign("topic", [0]);
        story.Senders = story.Senders[..2];
        story.Run(1);
        // A whole model goes.
        story.Mapping.Qualities.Assign("topic", [2]);
        story.Senders = [];
        AssertQuiet(story);
        Assert.That(story.Written[0], Does.Contain("\"partition\":\"0\"").And.Not.Contain("collector"));
    }

    [Test]
    public void Run_ThatFinishes_IsMissedByNobody()
    {
        var story = new QualityStory();
        story.Senders = [.. Enumerable.Range(0, 4).Select(Rank)];
        story.Run(Learned);
        story.Send(Rank(0).Replace("\"loss\":1", "\"finished\":1", StringComparison.Ordinal));
        story.Run(0.01);
        story.Senders = [];
        AssertQuiet(story);

        static string Rank(int rank) => Message("run", $"\"rank\":\"{rank}\"", "\"loss\":1");
    }

    // The names of all ranks are asked for once, not once for each rank that finishes.
    [Test]
    public void Run_OfManyRanks_ThatFinishTogether_CostsNoMoreThanItsRanks()
    {
        var story = new QualityStory();
        string[] ranks = [.. Enumerable.Range(0, 1_000).Select(rank =>
            Message("run", $"\"rank\":\"{rank}\",\"job\":\"pretrain\"", "\"finished\":1") + "\n")];
        story.Send(string.Concat(ranks).Replace("\"finished\":1", "\"loss\":1", StringComparison.Ordinal));
        story.Run(0.01);
        var before = GC.GetAllocatedBytesForCurrentThread();
        story.Send(string.Concat(ranks));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(32 << 20));
    }

    [Test]
    public void Run_ThatGoesOnInTheSamePayload_IsNotFinishedForGood()
    {
        var book = new EntityBook();
        MappedEntity[] ranks = [new("run", LabelSet.Of(("rank", "0"))), new("run", LabelSet.Of(("rank", "1")))];
        var first = book.Observe(new MappedMessage(ranks[0], 100L * 1_000_000_000, -1, 0, 1), 0, out _)!;
        var second = book.Observe(new MappedMessage(ranks[1], 300L * 1_000_000_000, -1, 0, 1), 0, out _)!;
        book.Finish(book.RunOf(ranks[0]), 100L * 1_000_000_000);
        Assert.That(new[] { first.End, second.End }, Is.EqualTo(new[] { EntityEnd.Said, EntityEnd.None }));
    }

    [Test]
    public void Rules_ThatName_SendersOtherwise_MakeNoHole()
    {
        var story = Of(4);
        story.Mapping.Adopt(CollectorConfig.Default);
        AssertQuiet(story);
    }

    [Test]
    public void APart_ThatVanishes_IsOneWarningWithItsName()
    {
        var story = new QualityStory();
        story.Senders = [.. Enumerable.Range(0, 8).Select(i =>
            Message("m", $"\"host\":\"h\",\"gpu\":\"{i}\"", "\"x\":1"))];
        story.Run(Learned);
        story.Senders = story.Senders[..7];
        story.Run(4);

        Assert.That(story.Opened, Has.Count.EqualTo(1), story.Story);
        Assert.That(story.Opened[0].Severity, Is.EqualTo(AlertSeverity.Warning));
        Assert.That(story.Opened[0].RoutingLabels["alertname"], Is.EqualTo("LeptonStreamDataQuality"));
        Assert.That(story.Opened[0].English.Summary, Does.Contain("gpu=\"7\"").And.EndWith("sends nothing while the others go on"));
        Assert.That(story.Opened[0].Chinese.Summary, Does.Contain("已无数据，其余仍在上报"));
        Assert.That(story.Events[^1].EndedReason, Is.EqualTo(EndedReason.Recovered), story.Story);
    }

    [TestCase(4, 0)]
    [TestCase(40, 10)]
    [TestCase(1, 0)]
    public void ASource_ThatDies_IsOneAlert(int before, int after)
    {
        var story = Of(before);
        story.Senders = story.Senders[..after];
        story.Run(0.5);
        Assert.That(story.Opened.Select(e => e.Metric), Is.EqualTo((string[])["lepton.quality.score"]), story.Story);
    }

    private static QualityStory Of(int senders, int interval = 10)
    {
        var story = new QualityStory { Interval = interval, Senders = [.. Enumerable.Range(0, senders).Select(i => Pod($"p{i}"))] };
        if (senders > 0) story.Run(Learned);
        return story;
    }

    private static void AssertQuiet(QualityStory story)
    {
        story.Run(3);
        Assert.That(story.Events, Is.Empty, story.Story);
        Assert.That(story.Written, Is.Not.Empty);
    }
}
