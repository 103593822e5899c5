using System.Text;
using Confluent.Kafka;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Detector;

/// <summary>Records that once stopped a detector for good, on a real Kafka and a real process.</summary>
public sealed class PoisonOnKafkaTests
{
    // Less than a third of what the events of the largest case take together.
    private static readonly Dictionary<string, string> SmallHeap = new() { ["DOTNET_GCHeapHardLimit"] = "0x18000000" };

    [TestCase("70-score-becomes-nan.json")]
    [TestCase("71-event-larger-than-kafka-takes.py")]
    [TestCase("72-370-kb-become-gigabytes.py")]
    public async Task Run_APoisonousRecord_TheWorkerGoesOnAndCommitsItAndAllBehindIt(string name)
    {
        var values = await Values(name);
        using var rig = await DetectorOnKafka.On(await RealKafka.Shared(), partitions: 1);
        rig.Probe.Produce(rig.Topics.Metrics, 0, [.. values.Select(Record), .. DetectorOnKafka.Incidents(0, 10)]);
        var detector = rig.StartDetector(SmallHeap, "Kafka:SessionTimeoutMs=20000");

        await rig.AllCommitted(TimeSpan.FromSeconds(120));

        var models = rig.Probe.Read(rig.Topics.Alerts).Select(alert => Encoding.UTF8.GetString(alert.Message.Key!)).ToList();
        Assert.That(models.Where(model => model.StartsWith("model-", StringComparison.Ordinal)), Has.Exactly(10).Items,
            "what comes behind is judged once");
        Assert.That(detector.Error, Does.Not.Contain("Dropped all partition state"), detector.ToString());
        Assert.That(await detector.Stop(), Is.Zero, detector.ToString());
    }

    private static Message<byte[]?, byte[]?> Record(string value) => new() { Key = "a"u8.ToArray(), Value = Encoding.UTF8.GetBytes(value) };

    private static async Task<string[]> Values(string name)
    {
        var file = SharedFolder.Require(Path.Combine("data", "trouble", name));
        if (Path.GetExtension(name) != ".py") return [await File.ReadAllTextAsync(file)];
        var made = await ExternalProgram.Run("python3", [file]);
        Assert.That(made.ExitCode, Is.Zero, made.Everything);
        return made.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
