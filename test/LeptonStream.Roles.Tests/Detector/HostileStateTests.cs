using System.IO.Hashing;
using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Detector.Snapshots;
using LeptonStream.Kafka;
using LeptonStream.Testing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeptonStream.Roles.Tests.Detector;

/// <summary>
/// Whatever lies in the topics of state and alerts, the next owner of the partition goes on: with a snapshot that is whole, or with empty
/// state, which it says.
/// </summary>
[Parallelizable]
public sealed class HostileStateTests
{
    private const int Known = 150;
    private const int All = 300;

    private static IEnumerable<HostileCase> Harmless()
    {
        yield return Records("no key", (null, "x"u8.ToArray()));
        yield return Records("no key and no value", (null, null));
        yield return Records("unknown key", ("other/1", "x"u8.ToArray()));
        yield return Records("tombstones", ("header/0", null), ("header/1", null), ("chunk/0/00000", null), ("journal/0000", null));
        yield return Records("a header of garbage", ("header/0", [0xff, 0x00, 0x7b]));
        yield return Records("a header that is no object", ("header/0", "[1]"u8.ToArray()));
        yield return Records("a header with a name that is no text", ("header/0", @"{""\ud800aaaaaaaaaaaaaaaaaaaa"":1}"u8.ToArray()));
        yield return Header("with the last of all numbers", header => header["number"] = (1L << 60) - 1);
        yield return Header("of a later format", header => header["format"] = 3);
        yield return Header("in parts that it does not name", header => header["format"] = 2);
        yield return Header("in parts that are other records", header =>
            (header["format"], header["parts"]) = (2, header["chunks"]!.DeepClone()));
        yield return Header("in parts behind the end",
            header => (header["format"], header["parts"]) = (2, JsonNode.Parse("""[{"offset":1000000,"length":1,"hash":1}]""")));
        yield return Header("of a later format without what this one needs", header =>
        {
            header.Clear();
            (header["format"], header["number"], header["parts"]) = (7, 40, new JsonArray("p1"));
        });
        yield return Header("without a format", header => header.Remove("format"));
        yield return Header("with a number beyond all", header => header["number"] = long.MaxValue);
        yield return Header("with a negative number", header => header["number"] = -4);
        yield return Header("with a number that is text", header => header["number"] = "9");
        yield return Header("with no chunks", header => header["chunks"] = new JsonArray());
        yield return Header("with chunks that are null", header => header["chunks"] = null);
        yield return Header("with a chunk that is null", header => header["chunks"] = new JsonArray((JsonNode?)null));
        yield return Header("with a chunk behind the end", header => header["chunks"]![0]!["offset"] = 1_000_000);
        yield return Header("with a chunk at the end of numbers", header => header["chunks"]![0]!["offset"] = long.MaxValue);
        yield return Header("with a negative chunk", header => header["chunks"]![0]!["offset"] = -2);
        yield return Header("with another chunk's place", header => header["chunks"]![0]!["offset"] = 0);
        yield return Header("with another hash", header => header["chunks"]![0]!["hash"] = 1);
        yield return Header("of another partition", header => header["partition"] = 1);
        yield return Header("of another layout", header => header["layout"] = 1);
        yield return Header("with a description that is no text", header => header["description"] = 7);
        yield return Header("with a description that can't be unpacked", header => header["description"] = "AAAA");
        yield return Header("with a description of another layout", header => Describe(header, "version 3\n", fingerprint: 1));
        yield return Header("with a description of a megabyte", header => Describe(header, new string('7', 1 << 20)));
        yield return Header("with a description of a thousand levels", header => Describe(header, Changed("0 {} Forecaster",
            $"0 {{}}{string.Concat(Enumerable.Repeat("[2]", 1000))} {string.Join('.', Enumerable.Repeat("a", 1000))}")));
        yield return Header("with a description of garbage names",
            header => Describe(header, Changed("0 {} Forecaster", "0 {} \u001b[31m\u0000<b>")));
        yield return Header("with a description whose sizes overflow",
            header => Describe(header, Changed("0 {} Forecaster", "0 Double[2147483647] Forecaster")));
        yield return Header("with a description of another type",
            header => Describe(header, Changed("0 {} Forecaster", "0 Double Forecaster")));
        yield return Header("with a description of bytes that it does not have",
            header => Describe(header, Changed("struct entity ", "struct entity 9")));
        yield return Header("of an offset behind the input", header => header["next"] = 1_000_000);
        yield return Header("of a negative offset", header => header["next"] = -1);
        yield return Header("after a negative silence", header => header["silence"] = -1);
        yield return Header("of a negative number of partitions", header => header["partitions"] = -1);
        yield return Header("under unknown policies", header => header["policies"] = "policies: [");
        yield return Header("under policies of another meaning", header => header["fingerprint"] = "x");
        yield return Records("policies that nobody takes", Zeroth("\"next\":150,\"policies\":{\"yaml\":\"rules: [\"}"));
        yield return Header("under another id of the topic", header => header["metrics_id"] = Guid.NewGuid().ToString());
        foreach (var fault in Enum.GetValues<BatchFault>())
            yield return new($"a batch that can't be decoded: {fault}", (rig, partition, _) =>
                RawBatch.Produce(rig.Broker.BootstrapServers, rig.Topics.State, partition, RawBatch.Of(5, fault)));
        yield return new("a batch of alerts that can't be decoded", (rig, partition, _) =>
            RawBatch.Produce(rig.Broker.BootstrapServers, rig.Topics.Alerts, partition, RawBatch.Of(5, BatchFault.WrongChecksum)));
        yield return new("alerts that are none", (rig, partition, _) => rig.Probe.Produce(rig.Topics.Alerts, partition,
        [
            new(), new() { Value = [0xff] }, new() { Headers = new Headers { { "ce_id", null } } },
            new() { Headers = new Headers { { "ce_id", [0xff, 0xfe] } }, Value = "{}"u8.ToArray() },
            new() { Value = @"{""alertId"":""a"",""type"":""opened"",""\ud800aaaaaaaaaaaaaaaaaaaa"":1}"u8.ToArray() },
        ]));
    }

    private static IEnumerable<HostileCase> Harmful()
    {
        yield return Records("an entry of garbage", ("journal/0000", [0xff]));
        yield return Records("an entry that is null", ("journal/0000", "null"u8.ToArray()));
        yield return Records("an entry out of sequence", ("journal/0009", Entry(9, "\"next\":10")));
        yield return Records("an entry behind the end of the input", Zeroth("\"next\":1000000"));
        yield return Records("an entry of a negative offset", Zeroth("\"next\":-1"));
        yield return Records("a negative silence", Zeroth("\"next\":150,\"silence\":-9223372036854775808"));
        yield return Records("a silence without end", Zeroth("\"next\":150,\"silence\":9223372036854775807"));
        yield return Records("a negative number of partitions", Zeroth("\"next\":150,\"partitions_added\":true,\"partitions\":-1"));
    }

    [Test, Category("Slow")]
    public async Task Restart_HostileRecordsButAWholeSnapshot_GoesOnAsOneOwnerWould()
    {
        var cases = Harmless().ToList();
        using var rig = new DetectorRig(cases.Count);
        await RunBefore(rig, cases);

        var host = rig.Start();
        await Committed(rig, cases, All);

        Assert.That(rig.CountOf("state_gaps"), Is.Zero);
        foreach (var (partition, hostile) in cases.Index())
        {
            var expected = rig.Expected(partition).Where(e => e.Type == AlertEventType.Opened).Select(e => e.Id).ToList();
            Assert.That(Opened(rig, partition), Is.EqualTo(expected).And.Not.Empty, hostile.Name);
        }

        await host.StopAsync();
        ProduceStory(rig, cases.Count, All, All + 10);
        rig.Start();
        await Committed(rig, cases, All + 10);
        Assert.That(rig.CountOf("state_gaps"), Is.Zero, "its own snapshots are newer than whatever was there");
    }

    [Test]
    public async Task Restart_AJournalThatNobodyCanFollow_BeginsEmptySaysSoAndIsWellTheNextTime()
    {
        var cases = Harmful().ToList();
        using var rig = new DetectorRig(cases.Count);
        await RunBefore(rig, cases);

        var host = rig.Start();
        await Committed(rig, cases, All);

        Assert.That(rig.CountOf("state_gaps"), Is.EqualTo(cases.Count));
        await Eventually.True(() => DetectorRig.HealthOf(host).Ready().IsHealthy, "the worker ready");
        await host.StopAsync();

        ProduceStory(rig, cases.Count, All, All + 10);
        rig.Start();
        await Committed(rig, cases, All + 10);
        Assert.That(rig.CountOf("state_gaps"), Is.EqualTo(cases.Count), "the state since then is whole");
    }

    // Some two dozen partitions are restored two at a time.
    private static readonly TimeSpan HangLimit = TimeSpan.FromMinutes(4);

    // One partition for each.
    private static async Task RunBefore(DetectorRig rig, List<HostileCase> cases)
    {
        ProduceStory(rig, cases.Count, 0, Known);
        var first = rig.Start();
        await Committed(rig, cases, Known);
        await first.StopAsync();
        var states = rig.Probe.Read(rig.Topics.State);
        foreach (var (partition, hostile) in cases.Index())
            hostile.Act(rig, partition, [.. states.Where(record => record.Partition.Value == partition)]);
        ProduceStory(rig, cases.Count, Known, All);
    }

    private static void ProduceStory(DetectorRig rig, int partitions, int from, int to)
    {
        for (var partition = 0; partition < partitions; partition++)
            rig.Probe.Produce(rig.Topics.Metrics, partition,
                MetricStream.Of("llama", to - from, i => i is >= 200 and < 210 ? 900 : null, from));
    }

    // Of a layout that it describes, so that it is read.
    private static void Describe(JsonObject header, string text, UInt128? fingerprint = null)
    {
        header["description"] = Convert.ToBase64String(PackedLayout.Of(text));
        fingerprint ??= XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(text));
        header["layout"] = JsonNode.Parse(fingerprint.Value.ToString(null, null));
    }

    private static string Changed(string from, string to) =>
        StateLayout.TextOf(DetectionPolicy.Default).Replace(from, to, StringComparison.Ordinal);

    private static (string?, byte[]?) Zeroth(string fields) => ("journal/0000", Entry(0, fields));

    private static byte[] Entry(int sequence, string fields) => Encoding.UTF8.GetBytes($"{{\"sequence\":{sequence},{fields}}}");

    // Newer than the newest, as it would be.
    private static HostileCase Header(string name, Action<JsonObject> change) => new($"a header {name}", (rig, partition, states) =>
    {
        var newest = states.Last(record => IsHeader(record.Message.Key));
        var header = JsonNode.Parse(newest.Message.Value!)!.AsObject();
        var number = header["number"]!.GetValue<long>() + 1;
        header["number"] = number;
        change(header);
        Produce(rig, partition, ($"header/{number % 2}", Encoding.UTF8.GetBytes(header.ToJsonString())));
    });

    private static HostileCase Records(string name, params (string? Key, byte[]? Value)[] records) =>
        new(name, (rig, partition, _) => Produce(rig, partition, records));

    private static void Produce(DetectorRig rig, int partition, params (string? Key, byte[]? Value)[] records) => rig.Probe.Produce(
        rig.Topics.State, partition, records.Select(record => new Message<byte[]?, byte[]?>
        {
            Key = record.Key is null ? null : Encoding.UTF8.GetBytes(record.Key),
            Value = record.Value,
        }));

    private static bool IsHeader(byte[]? key) =>
        key is not null && Encoding.UTF8.GetString(key).StartsWith("header/", StringComparison.Ordinal);

    private static async Task Committed(DetectorRig rig, List<HostileCase> cases, long offset)
    {
        foreach (var (partition, hostile) in cases.Index())
            await Eventually.True(() => rig.Probe.Committed(DetectorRig.Group, rig.Topics.Metrics, partition) == offset,
                $"{offset} records committed of the partition with {hostile.Name}", HangLimit);
    }

    // Those that the client can decode and that are events.
    private static List<string> Opened(DetectorRig rig, int partition)
    {
        var opened = new List<string>();
        using var log = new LogReader(rig.Options, NullLogger.Instance);
        var place = new TopicPartition(rig.Topics.Alerts, partition);
        foreach (var record in log.Read(place, 0, log.Ends(place).High, CancellationToken.None))
            if (AlertEventJson.TryRead(record.Message.Value, out var made, out _) && made!.Type == AlertEventType.Opened)
                opened.Add(made.Id);
        return opened;
    }

    private sealed record HostileCase(string Name, Action<DetectorRig, int, List<ConsumeResult<byte[]?, byte[]?>>> Act);
}
