using LeptonStream.Alerts;
using LeptonStream.Detection.Gaps;
using LeptonStream.Detectors;
using LeptonStream.Testing;
using Microsoft.Extensions.Hosting;

namespace LeptonStream.Roles.Tests.Detector.Upgrade;

/// <summary>
/// A rolling upgrade: a detector of this version takes over what one of the version before has left in the topics.
/// <c>LEPTON_DUMP=1</c> makes this version the version before; see docs/upgrading.md.
/// </summary>
public sealed class UpgradeTests
{
    private static readonly string VersionBefore = Path.Combine(SharedFolder.RepositoryRoot, "test", "LeptonStream.Roles.Tests",
        "Detector", "Upgrade", "version-before.dump");

    private DetectorRig _rig = null!;

    [SetUp]
    public void MakeRig() => _rig = new DetectorRig(partitions: 1);

    [TearDown]
    public void RemoveRig() => _rig.Dispose();

    [Test]
    public async Task Restart_OnTheTopicsOfTheVersionBefore_GoesOnAsItsOwnerWould() =>
        await AssertGoesOn(await File.ReadAllBytesAsync(VersionBefore));

    [Test]
    public async Task Restart_OnTheTopicsOfThisVersion_GoesOnAsItsOwnerWould()
    {
        var dump = await MakeDump();
        Assert.That(dump, Has.Length.LessThanOrEqualTo(UpgradeDump.MaxBytes));
        await AssertGoesOn(dump);
        Assert.That(_rig.CountOf("snapshots.migrated"), Is.Zero);
        if (Environment.GetEnvironmentVariable("LEPTON_DUMP") == "1") await File.WriteAllBytesAsync(VersionBefore, dump);
    }

    [Test]
    public async Task Restart_ADetectorAndAFieldHadOtherNames_MigratesAndGoesOn()
    {
        await AssertGoesOn(await MakeDump(before => OtherLayout.Write(before.Probe, before.Topics, text => text
            .Replace(TimeOfDayDetector.RuleName, "former-of-day", StringComparison.Ordinal)
            .Replace(" ConsecutiveAnomalies\n", " FormerAnomalies\n", StringComparison.Ordinal))));
        Assert.That(_rig.CountOf("snapshots.migrated"), Is.EqualTo(1));
    }

    // The topics after the first part of the story, with the alert open.
    private static async Task<byte[]> MakeDump(Action<DetectorRig>? change = null)
    {
        using var rig = new DetectorRig(partitions: 1);
        rig.Probe.Produce(rig.Topics.Metrics, 0, UpgradeStory.Records(0, UpgradeStory.Before));
        var host = rig.Start(null, ("Detector:SnapshotSeconds", "3600"));
        await Committed(rig, UpgradeStory.Before);
        await host.StopAsync();
        change?.Invoke(rig);
        return UpgradeDump.Of(rig.Probe, [rig.Topics.Metrics, rig.Topics.Alerts, rig.Topics.State]);
    }

    private async Task AssertGoesOn(byte[] dump)
    {
        UpgradeDump.Produce(dump, _rig.Probe);
        var before = Published();
        var open = before.GroupBy(e => e.AlertId).Where(alert => alert.All(e => e.Type != AlertEventType.Resolved)).Select(a => a.Key);
        _rig.Start();
        _rig.Probe.Produce(_rig.Topics.Metrics, 0, UpgradeStory.Records(UpgradeStory.Before, UpgradeStory.All));
        await Committed(_rig, UpgradeStory.All);

        var events = Published();
        using var scope = Assert.EnterMultipleScope();
        Assert.That(_rig.CountOf("state_gaps"), Is.Zero);
        Assert.That(_rig.CountOf("replay.differences"), Is.Zero);
        Assert.That(events.Select(e => e.Metric), Has.None.EqualTo(StateGapNames.Metric));
        Assert.That(events.Take(before.Count).Select(e => e.Id), Is.EqualTo(before.Select(e => e.Id)));
        Assert.That(events.Select(e => e.Id), Is.Unique);
        Assert.That(open.ToList(), Is.Not.Empty);
        foreach (var alert in open)
            Assert.That(events.Skip(before.Count).Where(e => e.AlertId == alert && e.Type == AlertEventType.Resolved)
                .Select(e => e.EndedReason), Is.EqualTo(new EndedReason?[] { EndedReason.Recovered }), alert);
        Assert.That(events.Skip(before.Count).Where(e => e.Type == AlertEventType.Opened).Select(e => e.Metric), Is.Empty,
            "the rest of the story is calm");
    }

    private static async Task Committed(DetectorRig rig, long offset) => await Eventually.True(
        () => rig.Probe.Committed(DetectorRig.Group, rig.Topics.Metrics, 0) == offset, $"{offset} records committed");

    private List<AlertEvent> Published() => [.. _rig.Probe.Read(_rig.Topics.Alerts).Select(record =>
        AlertEventJson.TryRead(record.Message.Value!, out var made, out var error)
            ? made!
            : throw new AssertionException(error ?? "no event"))];
}
