using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Edge;

/// <summary>The edge that is compiled ahead of time does as the other does.</summary>
public sealed class NativeEdgeTests
{
    private const int Samples = 4_000;
    private const int Step = 5_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("lepton-edge-").FullName;

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Native_SamplesAndStateOfTheOther_MakesTheSameAlertsAndGoesOn()
    {
        NativeEdge.Require();
        var begin = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - ((Samples + 100) * (long)Step);
        var (first, second) = (Samples * 9 / 10, Samples / 10);
        var alerts = new List<List<string>>();

        // Each begins what the other ends.
        foreach (var isNative in new[] { false, true })
        {
            var name = $"spool-{alerts.Count}";
            await Take(isNative, name, begin, 0, first);
            await Take(!isNative, name, begin, first, second);
            alerts.Add([.. (await File.ReadAllLinesAsync(AlertFile(name))).Select(Judged)]);
        }

        Assert.That(alerts[0], Is.Not.Empty);
        Assert.That(alerts[1], Is.EqualTo(alerts[0]));
    }

    [TestCase(false, "lepton-edge")]
    [TestCase(true, "lepton")]
    public async Task Edge_WithOrWithoutPods_IsTheProgramThatCanFindThem(bool hasPods, string program)
    {
        NativeEdge.Require();
        var file = Path.Combine(_folder, $"{program}.yaml");
        await File.WriteAllTextAsync(file, $"scrape_configs: [{{job_name: j, {(hasPods ? "kubernetes_sd_configs: [{role: pod}]"
            : "static_configs: [{targets: ['127.0.0.1:1']}]")}}}]");
        using var edge = Start(isNative: true, $"spool-{program}", LoopbackPorts.FreeRow(1), "--collector-config", file);
        await edge.Says("Metrics by HTTP are taken", TimeSpan.FromSeconds(60));

        Assert.That(Path.GetFileName(File.ResolveLinkTarget($"/proc/{edge.Id}/exe", returnFinalTarget: false)!.FullName),
            Is.EqualTo(program));
        Assert.That(await edge.Stop(), Is.Zero, edge.ToString());
    }

    // Until all of them are judged, and the state is on disk.
    private async Task Take(bool isNative, string name, long begin, int from, int count)
    {
        var port = LoopbackPorts.FreeRow(1);
        using var edge = Start(isNative, name, port);
        await edge.Says("Metrics by HTTP are taken", TimeSpan.FromSeconds(60));
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
        using var answer = await http.PostAsync("/v1/samples", new StringContent(Lines(begin, from, count)));
        Assert.That(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        // Samples of the edge itself come behind those: an alert of the last one is written once all are judged.
        await Eventually.True(() => File.Exists(AlertFile(name))
            && File.ReadLines(AlertFile(name)).Any(line => line.Contains($"\"xid-{from}\"", StringComparison.Ordinal)), "all are judged",
            TimeSpan.FromSeconds(60));
        Assert.That(await edge.Stop(), Is.Zero, edge.ToString());
        Assert.That(edge.Error, Does.Not.Contain("without its state").And.Not.Contain(" fail:"));
    }

    private string AlertFile(string name) => Path.Combine(_folder, $"{name}.jsonl");

    private LeptonProcess Start(bool isNative, string name, int port, params string[] more) => LeptonProcess.StartProgram(
        NativeEdge.Program, isNative ? null : new Dictionary<string, string> { ["LEPTON_RUNTIME"] = "usual" },
        ["edge", "--spool", Path.Combine(_folder, name), "--bootstrap-servers", "127.0.0.1:1", "--http", $"http://127.0.0.1:{port}",
            "--alert-file", AlertFile(name), "--set", "Edge:KernelLog=", "--set", "Edge:InfinibandPath=", .. more]);

    // Noise that jumps once in a while, and an error of a GPU at the end.
    private static string Lines(long begin, int from, int count)
    {
        var (lines, random) = (new StringBuilder(), new Random(from));
        for (var i = from; i < from + count; i++)
            Line(lines, begin + (i * (long)Step), "0", "gpu.temp", 60 + random.NextDouble() + (i % 900 > 880 ? 25 : 0));
        var last = begin + ((from + count) * (long)Step);
        Line(lines, last - 2, $"xid-{from}", "gpu.xid", 0);
        Line(lines, last - 1, $"xid-{from}", "gpu.xid", 79);
        return lines.ToString();
    }

    private static void Line(StringBuilder lines, long at, string gpu, string metric, double value) =>
        lines.Append(CultureInfo.InvariantCulture, $"{{\"model\":\"gpu-host\",\"ts\":{at},\"labels\":{{\"gpu\":\"{gpu}\"}},")
            .Append(CultureInfo.InvariantCulture, $"\"metrics\":{{\"{metric}\":{Math.Round(value, 3)}}}}}\n");

    // Less what each spool has of its own, from which the ids follow.
    private static string Judged(string line)
    {
        var json = JsonNode.Parse(line)!.AsObject();
        foreach (var own in new[] { "id", "source", "time" }) json.Remove(own);
        foreach (var own in new[] { "id", "alertId", "source" }) json["data"]!.AsObject().Remove(own);
        return json.ToJsonString();
    }
}
