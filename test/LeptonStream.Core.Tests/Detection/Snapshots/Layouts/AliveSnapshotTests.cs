using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Snapshots;
using LeptonStream.State;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Detection.Snapshots.Layouts;

/// <summary>
/// Snapshots in which all is alive, as programs of older versions wrote them, are taken over with all that is in them.
/// <c>LEPTON_DUMP=1</c> adds that of this version; see docs/upgrading.md.
/// </summary>
public sealed class AliveSnapshotTests
{
    private static readonly string Folder = Path.Combine(SharedFolder.RepositoryRoot, "test", "LeptonStream.Core.Tests", "Detection",
        "Snapshots", "Layouts", "Alive");

    private static IEnumerable<string> Versions => Directory.EnumerateFiles(Folder, "*.dump").Select(Path.GetFileNameWithoutExtension)!;

    [TestCaseSource(nameof(Versions))]
    public void Load_WhatAnOlderVersionLeft_KeepsAllThatIsAliveAndEndsItsAlerts(string version) =>
        AssertKept(AliveDump.Read(Path.Combine(Folder, version + ".dump")));

    [Test]
    public void Load_WhatThisVersionLeft_KeepsAllThatIsAliveAndEndsItsAlerts()
    {
        var dump = AliveDump.Make();
        TestContext.Out.WriteLine(dump.Alive);
        AssertKept(dump);
        if (Environment.GetEnvironmentVariable("LEPTON_DUMP") == "1") dump.Write(Path.Combine(Folder, $"{StateLayout.Version}.dump"));
    }

    private static void AssertKept(AliveDump dump)
    {
        var pipeline = AliveStory.New();
        var layout = StateLayout.Resolve(dump.Fingerprint, dump.Text, DetectionPolicy.Default);
        TestContext.Out.WriteLine(layout.Changes);
        var loader = pipeline.Load(layout, dump.Policies);
        ReadOnlySpan<byte> blocks = dump.Blocks;
        while (!blocks.IsEmpty) loader.Take(SnapshotBlock.ReadFrom(ref blocks));
        Assert.That(loader.IsComplete, Is.True);
        Assert.That(AliveStory.Describe(pipeline), Is.EqualTo(dump.Alive));

        // Some are of what has no end of its own within the hours that follow.
        var after = AliveStory.Play(pipeline, AliveStory.Cut, AliveStory.Cut + 120);
        var ended = after.Where(each => each.Type == AlertEventType.Resolved).Select(each => each.AlertId).ToHashSet();
        using var scope = Assert.EnterMultipleScope();
        Assert.That(dump.Open, Has.Count.AtLeast(5));
        Assert.That(dump.Open.Except(ended).ToList(), Has.Count.AtMost(1), "the trouble ends");
        Assert.That(after.Select(each => each.Id), Is.Unique);
        // Of the joint fault that has just begun a slow detector may still speak, of nothing else.
        Assert.That(after.Where(each => each.Type == AlertEventType.Opened && !each.Labels.Equals(AliveStory.JointFault))
            .Select(each => $"{each.Metric} {each.Labels}"), Is.Empty);
    }
}
