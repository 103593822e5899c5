using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Quality;
using LeptonStream.Series;

namespace LeptonStream.Roles.Tests.Collector.Quality;

/// <summary>What ended is missed by nobody, and what fell silent without an end is.</summary>
public sealed class EndedEntitiesTests
{
    private readonly MappedEntity[] _entities = [.. Enumerable.Range(0, 4).Select(i => new MappedEntity("m", LabelSet.Of(("i", $"{i}"))))];

    [TestCase(0, EntityEnd.Left)]
    [TestCase(1, EntityEnd.Left)]
    [TestCase(3, EntityEnd.Unreachable)]
    [TestCase(4, EntityEnd.Unreachable)]
    [TestCase(3, EntityEnd.Said)]
    public void Score_OfEntitiesThatEnded_IsThatOfTheOthers(int ended, EntityEnd end) =>
        Assert.That(ScoreAfter(ended, end)!.Value.Score, Is.EqualTo(100).Within(0.1));

    // Siblings go on: a part is missed by name, and not by the score. Where most are silent, the source is.
    [TestCase(1, 100)]
    [TestCase(2, 100)]
    [TestCase(3, 25)]
    [TestCase(4, 0)]
    public void Score_OfEntitiesThatFellSilent_IsLowerWhereMostDid(int silent, double expected) =>
        Assert.That(ScoreAfter(silent, EntityEnd.None)!.Value.Score, Is.EqualTo(expected).Within(0.1));

    [Test]
    public void Score_AModelOfWhichAllLeft_IsStale() =>
        Assert.That(ScoreAfter(4, EntityEnd.Left)!.Value.Freshness, Is.LessThan(0.5));

    [Test]
    public void Score_AModelThatSaysItsEnd_IsNone() => Assert.That(ScoreAfter(4, EntityEnd.Said), Is.Null);

    [Test]
    public void End_OfOneMetric_LeavesItsEntityDue()
    {
        var quality = Learned();
        var batch = Batch(0, At(600));
        batch.End(new MappedSeries(_entities[0], "y"), At(600));
        quality.Observe(batch, At(600), isPage: true);
        quality.End(batch, EntityEnd.Left);
        quality.Score("m", At(600));

        Assert.That(quality.Score("m", At(1200))!.Value.Completeness, Is.Zero);
    }

    private QualityScore? ScoreAfter(int gone, EntityEnd end)
    {
        var quality = Learned();
        var batch = new MappedBatch();
        var says = end != EntityEnd.None;
        for (var i = 0; i < gone && says; i++) batch.End(new MappedSeries(_entities[i], "x"), At(600));
        // The collector's own word on a target is no data of it.
        if (says) batch.Add(new MappedSeries(_entities[0], "up"), At(600), -1, 0);
        quality.Observe(batch, At(600), isPage: true);
        quality.End(batch, end);
        quality.Score("m", At(600));
        for (var seconds = 600; seconds < 1200; seconds += 10)
            for (var i = gone; i < _entities.Length; i++) quality.Observe(Batch(i, At(seconds)), At(seconds), isPage: true);
        return quality.Score("m", At(1200));
    }

    private SourceQuality Learned()
    {
        var quality = new SourceQuality();
        for (var seconds = 0; seconds < 600; seconds += 10)
        {
            for (var i = 0; i < _entities.Length; i++) quality.Observe(Batch(i, At(seconds)), At(seconds), isPage: true);
            if (seconds == 300) quality.Score("m", At(seconds));
        }

        return quality;
    }

    private MappedBatch Batch(int entity, long time)
    {
        var batch = new MappedBatch();
        batch.Add(new MappedSeries(_entities[entity], "x"), time, -1, 1);
        return batch;
    }

    private static long At(int seconds) => (1_790_553_600L + seconds) * 1_000_000_000;
}
