using System.Globalization;
using Confluent.Kafka;
using LeptonStream.Detector;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>
/// Detectors that die, one after the other or side by side, on a story that goes on; at the end the alerts topic must hold what one
/// detector without any fault would have published.
/// </summary>
internal sealed class FaultRig : IDisposable
{
    // SIGKILL, as a shell reports it.
    private const int Killed = 128 + 9;

    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(120);

    // Small batches make many moments between an acknowledgement and its commit, and between two snapshots.
    private static readonly string[] Settings = ["Detector:BatchSize=50", "Detector:SnapshotSeconds=1", "Detector:SnapshotSliceMs=0"];

    private readonly string[] _settings;
    private readonly string? _policies;
    private readonly string? _firstPolicies;

    private FaultRig(DetectorOnKafka topics, string? policies)
    {
        Topics = topics;
        Story = new(topics);
        _policies = policies is null ? null : Path.Combine(Path.GetTempPath(), $"lepton-{Guid.NewGuid():n}.yaml");
        _firstPolicies = policies;
        _settings = _policies is null ? Settings : [.. Settings, $"Detector:PoliciesFile={_policies}"];
        if (policies is not null) ChangePolicies(policies);
    }

    public DetectorOnKafka Topics { get; }

    public FleetStory Story { get; }

    /// <param name="kafka">The brokers.</param>
    /// <param name="partitions">Of each topic.</param>
    /// <param name="policies">The text of a policy file that may change later; null for the built-in policies.</param>
    public static async Task<FaultRig> On(RealKafka kafka, int partitions, string? policies = null) =>
        new(await DetectorOnKafka.On(kafka, partitions), policies);

    /// <summary>Starts a detector; one with a name has the partitions of the one that bore it before at once.</summary>
    public LeptonProcess Start(string? name = null, string? failpoint = null, params string[] more)
    {
        string[] named = name is null ? [] : [$"Kafka:GroupInstanceId={name}"];
        var environment = new Dictionary<string, string>();
        if (failpoint is not null) environment[Failpoints.Variable] = failpoint;
        return Topics.StartDetector(environment, [.. _settings, .. named, .. more]);
    }

    /// <summary>Starts a detector that dies at a failpoint, while the story goes on.</summary>
    public async Task DieAt(string failpoint, string? name)
    {
        // Only what was judged since a snapshot is judged again: one dies before it for that.
        if (failpoint.StartsWith("mid-replay", StringComparison.Ordinal)) await DieAt("after-acks:6", name);
        Story.GoOn();
        var detector = Start(name, failpoint);
        await Eventually.True(() => detector.HasExited || Topics.IsAllCommitted(), $"{failpoint}, or all committed\n{detector}",
            LongEnough);
        if (!detector.HasExited) Story.GoOn();
        if (failpoint.StartsWith("in-revoke", StringComparison.Ordinal)) await detector.Stop();
        await Eventually.True(() => detector.HasExited, $"{failpoint}\n{detector}", LongEnough);
        Assert.That(await detector.Stop(), Is.EqualTo(Killed), $"{failpoint}: {detector}");
        TestContext.Out.WriteLine($"died at {failpoint}");
    }

    public void ChangePolicies(string text)
    {
        // A reader sees the one or the other.
        var next = _policies + ".next";
        File.WriteAllText(next, text);
        File.Move(next, _policies!, overwrite: true);
    }

    /// <summary>
    /// Lets one more detector come to the end, and compares: events as a multiset of id, score and content, and the last snapshot's bytes.
    /// </summary>
    /// <param name="again">Events that may be there again.</param>
    /// <param name="reader">One that has read the events from the start; what it saw must be what is there.</param>
    public async Task<FaultTally> AssertAsWithoutFault(int again = 0, AlertReader? reader = null)
    {
        Story.GoOn();
        var last = Start("detector-0");
        await Topics.AllCommitted(LongEnough);
        Assert.That(await last.Stop(), Is.Zero, last.ToString());

        var references = ReferenceDetector.Run(Topics, _firstPolicies);
        var expected = references.SelectMany(partition => partition.Events).Select(EventPrint.Of).ToList();
        var published = Topics.Probe.Read(Topics.Topics.Alerts).Select(alert => EventPrint.Of(alert.Message.Value!)).ToList();
        var distinct = published.Distinct().ToList();
        var tally = new FaultTally(Topics.Probe.Count(Topics.Topics.Metrics), expected.Count, expected.Except(distinct).Count(),
            published.Count - distinct.Count);
        TestContext.Out.WriteLine($"{tally}; {references.Sum(partition => partition.Decisions)} decisions in the journals");
        Assert.Multiple(() =>
        {
            Assert.That(expected, Has.Count.GreaterThan(100));
            Assert.That(expected.Except(distinct), Is.Empty, "lost");
            Assert.That(distinct.Except(expected), Is.Empty, "nobody should have made");
            Assert.That(tally.Again, Is.LessThanOrEqualTo(again), "published again");
            if (reader is not null) Assert.That(reader.End(published.Count), Is.EqualTo(published), "as they were read meanwhile");
            Assert.That(last.Error + last.Output, Does.Not.Contain("empty state").And.Not.Contain("did not make"));
            Assert.That(DeadLetters().Distinct(), Is.EquivalentTo(references.SelectMany(partition =>
                partition.Refused.Select(offset => (partition.Partition, offset)))), "dead letters, each at least once");
            foreach (var partition in references) partition.AssertNewestSnapshot();
        });
        return tally;
    }

    private IEnumerable<(int Partition, long Offset)> DeadLetters() => Topics.Probe.Read(Topics.Topics.DeadLetters).Select(letter =>
        (Number(letter, "__connect.errors.partition"), (long)Number(letter, "__connect.errors.offset")));

    private static int Number(ConsumeResult<byte[]?, byte[]?> letter, string header) =>
        int.Parse(TopicProbe.Header(letter, header)!, CultureInfo.InvariantCulture);

    public void Dispose()
    {
        Topics.Dispose();
        if (_policies is not null) File.Delete(_policies);
    }
}
