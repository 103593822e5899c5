using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Collector;

/// <summary>Payloads of real programs by HTTP and gRPC: success is answered when they are in the topic.</summary>
[Parallelizable]
public sealed class HttpIntakeTests
{
    private const string Otlp = "application/x-protobuf";

    private static readonly string Captures = SharedFolder.Find("data/wire-captures")!;

    [TestCase("rw1")]
    [TestCase("rw2")]
    public async Task RemoteWrite_AsPrometheusSendsIt_IsInTheTopicWhenItIsAnswered(string version)
    {
        using var rig = new CollectorRig().Start();
        var written = 0;
        for (var number = 1; number <= 3; number++)
        {
            using var answer = await Replay(rig, $"{version}-{number}");
            Assert.That((int)answer.StatusCode, Is.EqualTo(204), await answer.Content.ReadAsStringAsync());
            Assert.That(answer.Headers.Contains("X-Prometheus-Remote-Write-Histograms-Written"), Is.EqualTo(version == "rw2"));
            Assert.That(answer.Headers.Contains("X-Prometheus-Remote-Write-Exemplars-Written"), Is.EqualTo(version == "rw2"));
            if (answer.Headers.TryGetValues("X-Prometheus-Remote-Write-Samples-Written", out var counts))
                written += int.Parse(counts.Single(), System.Globalization.CultureInfo.InvariantCulture);
        }

        // Totals are written as rates, and the first of each is a baseline.
        var samples = rig.Values().Sum(value => JsonNode.Parse(value)!["metrics"]!.AsObject().Count);
        Assert.That(samples, Is.GreaterThan(0));
        if (version == "rw2") Assert.That(written, Is.GreaterThan(0));
    }

    [TestCase("otlp/otlp_proto-1.bin", Otlp)]
    [TestCase("otlp/otlp_json-1.json", "application/json")]
    public async Task Otlp_AsItsCollectorSendsIt_IsAnsweredInItsOwnForm(string capture, string type)
    {
        using var rig = new CollectorRig().Start();

        using var answer = await rig.Post("/v1/metrics", await Read(capture), type);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(answer.Content.Headers.ContentType?.MediaType, Is.EqualTo(type));
        Assert.That(rig.Values(1), Is.Not.Empty);
    }

    [Test]
    public async Task Otlp_ARequestOfNothing_IsASuccess()
    {
        using var rig = new CollectorRig().Start();
        using var grpc = new HttpClient { BaseAddress = rig.Grpc };

        using var answer = await rig.Post("/v1/metrics", [], Otlp);
        using var unary = await Export(grpc, []);

        Assert.That((int)answer.StatusCode, Is.EqualTo(200));
        await unary.Content.ReadAsByteArrayAsync();
        Assert.That(unary.TrailingHeaders.GetValues("grpc-status").Single(), Is.EqualTo("0"));
    }

    [TestCase("gzip")]
    [TestCase("zstd")]
    public async Task Otlp_Compressed_IsTaken(string encoding)
    {
        using var rig = new CollectorRig().Start();
        var packed = new MemoryStream();
        await using (Stream pack = encoding == "gzip"
            ? new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)
            : new ZstdSharp.CompressionStream(packed, leaveOpen: true))
            await pack.WriteAsync(await Read("otlp/otlp_proto-1.bin"));

        using var answer = await rig.Post("/v1/metrics", packed.ToArray(), Otlp, ("Content-Encoding", encoding));

        Assert.That((int)answer.StatusCode, Is.EqualTo(200));
        Assert.That(rig.Values(1), Is.Not.Empty);
    }

    [Test]
    public async Task Bomb_OfAHundredMegabytes_IsRefusedAsTooLarge()
    {
        using var rig = new CollectorRig().Start();
        var packed = new MemoryStream();
        await using (var pack = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            await pack.WriteAsync(new byte[100_000_000]);

        using var answer = await rig.Post("/v1/metrics", packed.ToArray(), Otlp, ("Content-Encoding", "gzip"));

        Assert.That((int)answer.StatusCode, Is.EqualTo(413));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("Collector:MaxDecompressedBytes"));
    }

    [Test]
    public async Task Grpc_AnExport_IsAnsweredWithStatusZeroAndWrongOnesWithTheirReason()
    {
        using var rig = new CollectorRig().Start();
        using var http = new HttpClient { BaseAddress = rig.Grpc };

        using var good = await Export(http, await Read("otlp/otlp_proto-1.bin"));
        Assert.That(await good.Content.ReadAsByteArrayAsync(), Is.EqualTo(new byte[5]));
        Assert.That(good.TrailingHeaders.GetValues("grpc-status").Single(), Is.EqualTo("0"));
        Assert.That(rig.Values(1), Is.Not.Empty);

        using var bad = await Export(http, [0x0a, 0xff, 0xff, 0xff]);
        Assert.That(bad.Headers.GetValues("grpc-status").Single(), Is.EqualTo("3"));
        Assert.That(bad.Headers.GetValues("grpc-message").Single(), Is.Not.Empty);
    }

    [TestCase("/v1/samples", """{"model":"llama","ts":NOW,"metrics":{"ttft_ms":182.5}}""")]
    [TestCase("/write?precision=ms", "ttft,model=llama ms=182.5 NOW\n")]
    [TestCase("/api/v2/write?precision=ms&bucket=b&org=o", "ttft,model=llama ms=182.5 NOW\n")]
    [TestCase("/metrics/job/llama/rank/0", "ttft_ms 182.5\n")]
    [TestCase("/metrics/job@base64/bGxhbWE", "ttft_ms 182.5\n")]
    public async Task Sample_ByEachWay_IsInTheTopicUnderItsModel(string path, string body)
    {
        using var rig = new CollectorRig().Start();

        using var answer = await rig.Post(path, Encoding.UTF8.GetBytes(body.Replace("NOW", $"{Now()}")), null);

        Assert.That((int)answer.StatusCode, Is.AnyOf(200, 204), await answer.Content.ReadAsStringAsync());
        var record = rig.Probe.Read(rig.Topics.Metrics, 1).Single();
        Assert.That(Encoding.UTF8.GetString(record.Message.Key!), Is.EqualTo("llama"));
        Assert.That(JsonNode.Parse(record.Message.Value)!["metrics"]!["ttft_ms"]!.GetValue<double>(), Is.EqualTo(182.5));
    }

    // Whoever reads an error has to find the value, and to know which would do.
    [TestCase("/v1/samples", """{"model":"m","ts":"yesterday","metrics":{"a":1}}""", "ts is 'yesterday': it must be seconds, milliseconds")]
    [TestCase("/v1/samples", """{"model":"m","ts":{},"metrics":{"a":1}}""", "ts is an object: it must be seconds, milliseconds")]
    [TestCase("/v1/samples", """{"model":"m","ts":NOW,"metrics":{"a":"high"}}""", "wrong_type: a: 'high' is no number")]
    [TestCase("/v1/samples", """{"model":"m","ts":NOW,"metrics":{"a":[1]}}""", "wrong_type: a: a list is no number")]
    [TestCase("/v1/samples", """{"model":"m","ts":4102444800,"metrics":{"a":1}}""", "its time is 2100-01-01T00:00:00")]
    [TestCase("/write", "m,model=a v=abc NOW", "bad_number: line 1, column 13: 'abc' is no number")]
    [TestCase("/write", "m,model=a v=1 now", "bad_time: line 1, column 15: 'now' is no time: it must be seconds, milliseconds")]
    [TestCase("/metrics/job/j", "a 1\nb{c=\"d\"} x1\n", "bad_number: line 2, column 10: 'x1' is no number")]
    public async Task Sample_ThatIsWrong_IsRefusedWithItsValueAndWhatWouldDo(string path, string body, string words)
    {
        using var rig = new CollectorRig().Start();

        using var answer = await rig.Post(path, Encoding.UTF8.GetBytes(body.Replace("NOW", $"{Now()}")), null);

        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain(words));
    }

    [TestCase(",\"step\":{0}", 20, Description = "each step is another sample, whatever clock its sender has")]
    [TestCase("", 1, Description = "one series has one value at a time, and the others are counted")]
    public async Task Samples_OfOneTime_AreTakenWhereTheirStepsDifferAndCountedWhereNot(string step, int taken)
    {
        using var rig = new CollectorRig().Start();
        var now = Now();
        var body = string.Join('\n', Enumerable.Range(1, 20).Select(i => $"{{\"model\":\"llama\",\"ts\":{now}"
            + step.Replace("{0}", $"{i}", StringComparison.Ordinal) + $",\"metrics\":{{\"loss\":{i},\"lr\":1}}}}"));

        using var answer = await rig.Post("/v1/samples", Encoding.UTF8.GetBytes(body), null);

        var said = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.That((int?)said["repeated"] ?? 0, Is.EqualTo(2 * (20 - taken)));
        var values = rig.Values(taken).Select(value => JsonNode.Parse(value)!).ToList();
        Assert.That(values.Select(value => (double)value["metrics"]!["loss"]!), Is.EqualTo(Enumerable.Range(1, taken)));
        Assert.That(values.Select(value => value["metrics"]!.AsObject().Count), Is.All.EqualTo(2), "metrics of one step stay together");
        Assert.That(values.Select(value => (long)value["ts"]! is var ts && ts < 100_000_000_000_000 ? ts * 1000 : ts),
            Is.Ordered.Ascending.And.Unique);
    }

    [Test]
    public async Task Samples_OfWhichOneIsWrong_AreTakenButForIt()
    {
        using var rig = new CollectorRig().Start();

        var body = $"m,model=a v=1 {Now()}\nno line\nm,model=b v=2 {Now()}\n";

        using var answer = await rig.Post("/write?precision=ms", Encoding.UTF8.GetBytes(body), null);

        var text = await answer.Content.ReadAsStringAsync();
        Assert.That((int)answer.StatusCode, Is.EqualTo(400), text);
        Assert.That(text, Does.Contain("partial write").And.Contain("line 2").And.Contain("dropped=1"));
        Assert.That(rig.Values(2), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Series_BeyondASourcesLimit_AreRefusedAndItsKnownOnesAreNot()
    {
        using var rig = new CollectorRig(("Collector:SourceSeries", "3")).Start();
        string Message(int from, int count)
        {
            var metrics = string.Join(',', Enumerable.Range(from, count).Select(i => $"\"s{i}\":1"));
            return $$$"""{"model":"m","ts":{{{Now()}}},"metrics":{ {{{metrics}}} }}""";
        }

        using (await rig.Post("/v1/samples", Encoding.UTF8.GetBytes(Message(0, 3)), null)) { }
        await Task.Delay(5);

        using var answer = await rig.Post("/v1/samples", Encoding.UTF8.GetBytes(Message(2, 3)), null);

        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("Collector:SourceSeries"));
        Assert.That(JsonNode.Parse(rig.Values(2)[^1])!["metrics"]!.AsObject().Select(metric => metric.Key), Is.EqualTo((string[])["s2"]));
    }

    [Test]
    public async Task Kafka_Away_SendersAreAskedToComeAgainAndNothingAcknowledgedIsMissing()
    {
        using var rig = new CollectorRig().Start();
        var body = Encoding.UTF8.GetBytes($$$"""{"model":"llama","ts":{{{Now()}}},"metrics":{"ttft_ms":1}}""");
        using (await rig.Post("/v1/samples", Encoding.UTF8.GetBytes("""{"model":"first","ts":1,"metrics":{"a":1}}"""), null)) { }
        rig.Broker.GoDown();

        using var away = await rig.Post("/v1/samples", body, null);
        Assert.That(away.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(away.Headers.RetryAfter?.Delta, Is.GreaterThan(TimeSpan.Zero));
        await Eventually.True(() => !rig.Health.Ready().IsHealthy, "it says that Kafka is away");

        rig.Broker.GoUp();
        await Eventually.True(() =>
        {
            using var again = rig.Post("/v1/samples", body, null).Result;
            return again.IsSuccessStatusCode;
        }, "the repeated payload is taken");
        Assert.That(rig.Values().Count(value => value.Contains("\"llama\"", StringComparison.Ordinal)), Is.GreaterThanOrEqualTo(1));
    }

    private static async Task<HttpResponseMessage> Replay(CollectorRig rig, string capture)
    {
        var headers = (await File.ReadAllLinesAsync(Path.Combine(Captures, "prometheus", capture + ".headers"))).Skip(1)
            .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        return await rig.Post("/api/v1/write", await Read($"prometheus/{capture}.bin"), headers["Content-Type"],
            ("Content-Encoding", headers["Content-Encoding"]),
            ("X-Prometheus-Remote-Write-Version", headers["X-Prometheus-Remote-Write-Version"]));
    }

    private static Task<HttpResponseMessage> Export(HttpClient http, byte[] message)
    {
        var framed = new byte[5 + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)message.Length);
        message.CopyTo(framed, 5);
        var request = new HttpRequestMessage(HttpMethod.Post, "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export")
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(framed),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.TE.ParseAdd("trailers");
        return http.SendAsync(request);
    }

    private static Task<byte[]> Read(string capture) => File.ReadAllBytesAsync(Path.Combine(Captures, capture));

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
}
