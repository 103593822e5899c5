namespace LeptonStream.Roles.Tests.Collector.Quality;

/// <summary>
/// Replicas that take one model over HTTP: senders that all of them hear by turns, or that go over to another, are missed by none; those
/// that die are missed by all.
/// </summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(NUnit.Framework.LifeCycle.InstancePerTestCase)]
public sealed class ReplicasTests
{
    private const double Learned = 30;

    [TestCase(1, false)]
    [TestCase(1, true)]
    [TestCase(5, true)]
    public void Senders_ThatAreHeardByTurns_AreMissedByNobody_UntilTheyDie(int senders, bool isRandom)
    {
        var (story, random) = (Of(2), new Random(3));
        story.Run(Learned, senders, (_, i) => story.Replicas[isRandom ? random.Next(2) : i % 2]);
        // A third one is added, and one goes.
        story.Add();
        story.Run(3, senders, (_, i) => story.Replicas[isRandom ? random.Next(3) : i % 3]);
        story.Replicas.RemoveAt(0);
        story.Run(3, senders, (_, i) => story.Replicas[isRandom ? random.Next(2) : i % 2]);
        Assert.That(story.Opened, Is.Empty, story.Story);

        story.Run(0.5, 0, (_, _) => null!);
        Assert.That(story.Opened.Select(e => e.Metric), Is.EqualTo((string[])["lepton.quality.score"]), story.Story);
    }

    [TestCase(1, 1)]
    [TestCase(10, 6)]
    [TestCase(10, 10)]
    public void Senders_ThatGoOverToAnotherReplica_AreMissedByNobody_UntilTheyDie(int senders, int moved)
    {
        var story = Of(2);
        var (first, second) = (story.Replicas[0], story.Replicas[1]);
        story.Run(Learned, senders, (_, _) => first);
        story.Run(5, senders, (sender, _) => sender < moved ? second : first);
        story.Run(5, senders, (_, _) => first);
        Assert.That(story.Opened, Is.Empty, story.Story);

        story.Run(0.5, 0, (_, _) => null!);
        Assert.That(story.Opened.Select(e => e.Metric), Is.EqualTo((string[])["lepton.quality.score"]), story.Story);
    }

    [Test]
    public void AReplica_WhoseSendersStay_ReadsNothing()
    {
        var story = Of(2);
        story.Run(3, 4, (sender, _) => story.Replicas[sender % 2]);
        Assert.That(story.Replicas.Select(replica => replica.Looks), Is.All.LessThanOrEqualTo(1));
    }

    // What it is for: without the log the first replica takes a sender that left for a dead one.
    [Test]
    public void AReplica_ThatCannotRead_SaysWhatItHears()
    {
        var story = new ReplicaStory { CanRead = false };
        var (first, second) = (story.Add(), story.Add());
        story.Run(Learned, 1, (_, _) => first);
        story.Run(1, 1, (_, _) => second);
        Assert.That(story.Opened, Is.Not.Empty);
    }

    private static ReplicaStory Of(int replicas)
    {
        var story = new ReplicaStory();
        for (var i = 0; i < replicas; i++)
        {
            story.Add();
            story.Run(0.01, 0, (_, _) => null!);
        }

        return story;
    }
}
