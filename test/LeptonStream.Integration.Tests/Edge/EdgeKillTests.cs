using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using LeptonStream.Detection;
using LeptonStream.Integration.Tests.Detector;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Edge;

/// <summary>An edge that is killed at any time, behind a network that is cut and held, on a real Kafka.</summary>
/// <param name="isNative">Whether it is the one that is compiled ahead of time.</param>
[TestFixture(false)]
[TestFixture(true)]
[Category("Slow"), Parallelizable]
public sealed class EdgeKillTests(bool isNative)
{
    private const int Kills = 10;
    private const long Begin = 1_795_981_000_000;
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("lepton-edge-").FullName;

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Kill_AtRandomTimesWhileTheNetworkComesAndGoes_EachSampleArrivesInOrderAndIsJudgedOnce()
    {
        if (isNative) NativeEdge.Require();
        var port = LoopbackPorts.FreeRow(1);
        await using var kafka = await RealKafka.Start("--proxy-port", port.ToString(CultureInfo.InvariantCulture));
        Requires.Component(kafka.Folder is not null, $"a broker behind a proxy: {kafka.Origin} is none (../shared/kafka is)");
        var broker = int.Parse(await File.ReadAllTextAsync(Path.Combine(kafka.Folder, "node-1", "port")), CultureInfo.InvariantCulture);
        await using var network = new BrokerProxy(port, broker + 20);
        using var topics = await DetectorOnKafka.On(kafka, partitions: 1);
        var listen = LoopbackPorts.FreeRow(1);
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{listen}"), Timeout = TimeSpan.FromSeconds(5) };
        var random = new Random(11);
        var posted = 0;

        for (var kill = 0; kill <= Kills; kill++)
        {
            using var edge = Start(topics, $"127.0.0.1:{port}", listen);
            await edge.Says("Metrics by HTTP are taken", LongEnough);
            if (kill % 3 == 1) network.Hold();
            if (kill % 3 == 2) network.Cut();
            var until = DateTime.UtcNow + TimeSpan.FromMilliseconds(random.Next(300, 2_500));
            while (DateTime.UtcNow < until) await Post(http, posted++);
            if (kill % 3 == 0) network.Release();
            if (kill == Kills)
            {
                network.Release();
                await Eventually.True(() => Read(topics).Select(NumberOf).Distinct().Count() == posted, "all samples arrive", LongEnough);
                Assert.That(await edge.Stop(), Is.Zero, edge.ToString());
            }

            edge.Kill();
        }

        var records = Read(topics);
        var first = records.DistinctBy(NumberOf).Select(NumberOf);
        Assert.That(first, Is.EqualTo(Enumerable.Range(0, posted)), "each is there, and those that came first are in order");
        Assert.That(records.GroupBy(IdOf).Select(group => group.Select(NumberOf).Distinct().Count()), Is.All.EqualTo(1),
            "an id is of one sample");
        Assert.That(Judged(records), Is.EqualTo(posted), "records that came twice are judged once");
        TestContext.Out.WriteLine($"{Kills} kills, {posted} samples, {records.Count - posted} records came twice");
    }

    private LeptonProcess Start(DetectorOnKafka topics, string servers, int listen) => LeptonProcess.StartProgram(
        isNative ? NativeEdge.Program : LeptonProcess.Path, null, "edge", "--bootstrap-servers", servers,
        "--topic-prefix", topics.Options.TopicPrefix, "--spool", _folder,
        "--http", $"http://127.0.0.1:{listen}", "--set", "Edge:KernelLog=", "--set", "Edge:InfinibandPath=");

    private static async Task Post(HttpClient http, int number)
    {
        var body = $$$"""{"model":"m","ts":{{{Begin + (10 * number)}}},"metrics":{"n":{{{number}}}}}""";
        using var answer = await http.PostAsync("/v1/samples", new StringContent(body, null, "application/json"));
        answer.EnsureSuccessStatusCode();
    }

    // The edge's own series are of other models.
    private static List<ConsumeResult<byte[]?, byte[]?>> Read(DetectorOnKafka topics) =>
        [.. topics.Probe.Read(topics.Topics.Metrics).Where(record => Encoding.UTF8.GetString(record.Message.Key!) == "m"
            && record.Message.Value.AsSpan().IndexOf("\"n\":"u8) > 0)];

    private static int NumberOf(ConsumeResult<byte[]?, byte[]?> record) =>
        (int)JsonDocument.Parse(record.Message.Value).RootElement.GetProperty("metrics").GetProperty("n").GetDouble();

    private static string IdOf(ConsumeResult<byte[]?, byte[]?> record) => TopicProbe.Header(record, "lepton-sample-id")!;

    private static int Judged(List<ConsumeResult<byte[]?, byte[]?>> records)
    {
        var pipeline = new PartitionPipeline("lepton.metrics", 0, DetectionPolicy.Default);
        var judged = 0;
        pipeline.Observer = (in _) => judged++;
        foreach (var record in records)
            pipeline.Process(record.Message.Value, record.Offset.Value,
                Samples.Timestamp.FromUnixMilliseconds(record.Message.Timestamp.UnixTimestampMs), []);
        return judged;
    }
}
