using System.Text.Json;
using System.Text.Json.Nodes;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Collector.Edge;

/// <summary>The edge as a whole: sources, spool, broker and alerts of the host.</summary>
[Parallelizable]
public sealed class EdgeTests
{
    private const string Xid = "NVRM: Xid (PCI:0000:3b:00): 79, pid=1234, GPU has fallen off the bus.";

    [Test]
    public async Task Edge_BrokerAwayAndBack_EverythingArrivesOnceInOrder()
    {
        await using var exporter = await FakeExporter.Start(FakeExporter.Vllm);
        using var rig = new EdgeRig();
        rig.Set("Collector:ConfigFile", rig.Write("edge.yaml", $$"""
            scrape_configs:
              - job_name: vllm
                scrape_interval: 1s
                static_configs: [{targets: ["{{exporter.Target}}"]}]
            """));
        rig.Broker.GoDown();
        rig.Start();
        for (var i = 0; i < 50; i++) await Post(rig, i);
        await Task.Delay(3_000);
        for (var i = 50; i < 100; i++) await Post(rig, i);

        rig.Broker.GoUp();

        await Eventually.True(() => Posted(rig).Count >= 100, "all samples that were posted arrive");
        Assert.That(Posted(rig), Is.EqualTo(Enumerable.Range(0, 100)));
        var records = rig.Records();
        Assert.That(records.Select(record => record.Id), Is.Unique.And.All.Match("^[0-9a-f]{32}-[0-9]+$"));
        Assert.That(records.Count(record => record.Value.Contains("infer.running", StringComparison.Ordinal)), Is.GreaterThan(1));
        Assert.That(records.Count(record => record.Value.Contains("lepton.edge.spool_bytes", StringComparison.Ordinal)), Is.Positive);
    }

    [TestCase(503)]
    [TestCase(302)]
    public async Task Edge_XidWithoutABroker_IsAnAlertInTheFileAndAtTheWebhook(int firstAnswer)
    {
        await using var sink = await WebhookSink.Start();
        var calls = 0;
        sink.Answer = _ => new SinkAnswer { Status = Interlocked.Increment(ref calls) == 1 ? firstAnswer : 200 };
        using var rig = new EdgeRig(("Edge:AlertWebhook", sink.Url()));
        var log = rig.Write("kern.log", $"Nov 30 11:00:00 gpu-7 kernel: {Xid}\n");
        var file = Path.Combine(rig.Folder, "alerts.jsonl");
        rig.Set("Edge:KernelLog", log);
        rig.Set("Edge:AlertFile", file);
        rig.Broker.GoDown();
        rig.Start();
        // What stands in the file at the start is old, and what other programs write is theirs.
        await Task.Delay(1_000);
        await File.AppendAllTextAsync(log, $"Nov 30 12:00:00 gpu-7 app[7]: {Xid.Replace(": 79", ": 48", StringComparison.Ordinal)}\n");
        // Rotated by its name, in the midst of it.
        File.Move(log, log + ".1");
        await File.WriteAllTextAsync(log, $"Nov 30 12:00:01 gpu-7 kernel: [ 12.5] {Xid}\n");

        await sink.Receives(2);
        await Eventually.True(() => File.Exists(file), "the file has it");

        var line = JsonNode.Parse((await File.ReadAllLinesAsync(file)).Single())!;
        var data = line["data"]!;
        Assert.That((data["metric"]!.GetValue<string>(), data["value"]!.GetValue<double>(), data["severity"]!.GetValue<string>(),
            data["labels"]!["pci"]!.GetValue<string>()), Is.EqualTo(("gpu.xid", 79.0, "critical", "0000:3b:00")));
        Assert.That(line["type"]!.GetValue<string>(), Is.EqualTo("io.leptonstream.alert.opened.v1"));
        var call = sink.Calls[^1];
        Assert.That(call.Headers["content-type"], Does.StartWith("application/cloudevents+json"));
        Assert.That(call.Body.GetProperty("id").GetString(), Is.EqualTo(line["id"]!.GetValue<string>()));
        Assert.That(sink.Calls, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Edge_InfinibandCounters_BecomeRatesWithDeviceAndPort()
    {
        using var rig = new EdgeRig();
        var counters = Path.Combine(rig.Folder, "ib", "mlx5_0", "ports", "1", "counters");
        Directory.CreateDirectory(counters);
        await File.WriteAllTextAsync(Path.Combine(counters, "port_rcv_data"), "1000\n");
        await File.WriteAllTextAsync(Path.Combine(counters, "link_downed"), "2\n");
        await File.WriteAllTextAsync(Path.Combine(counters, "symbol_error"), "not supported\n");
        rig.Set("Edge:InfinibandPath", Path.Combine(rig.Folder, "ib"));
        rig.Start();
        await Task.Delay(1_000);
        await File.WriteAllTextAsync(Path.Combine(counters, "port_rcv_data"), "16000\n");

        List<JsonNode> Rates() => [.. rig.Records().Select(record => JsonNode.Parse(record.Value)!)
            .Where(each => each["labels"]?["device"]?.GetValue<string>() == "mlx5_0")];
        await Eventually.True(() => Rates().Count > 0, "the second look makes rates");
        var rate = Rates()[0];
        Assert.That(rate["labels"]!["port"]!.GetValue<string>(), Is.EqualTo("1"));
        Assert.That(rate["metrics"]!["node_infiniband_port_data_received_bytes_per_second"]!.GetValue<double>(),
            Is.EqualTo(4 * 15_000 / 15.0).Within(10).Percent);
        Assert.That(rate["metrics"]!.AsObject().Any(metric => metric.Key.Contains("link_downed", StringComparison.Ordinal)
            && metric.Value!.GetValue<double>() == 0), Is.True);
    }

    private static async Task Post(EdgeRig rig, int number)
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(1_795_981_000 + number);
        var body = $$$"""{"model":"posted","ts":{{{time.ToUnixTimeSeconds()}}},"metrics":{"n":{{{number}}}}}""";
        using var answer = await rig.Http.PostAsync("/v1/samples", new StringContent(body, null, "application/json"));
        answer.EnsureSuccessStatusCode();
    }

    private static List<int> Posted(EdgeRig rig) => [.. rig.Records()
        .Select(record => JsonSerializer.Deserialize<JsonElement>(record.Value))
        .Where(record => record.GetProperty("model").GetString() == "posted")
        .Select(record => (int)record.GetProperty("metrics").GetProperty("n").GetDouble())];
}
