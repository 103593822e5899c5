using System.Globalization;
using System.Text;
using LeptonStream.Integration.Tests.Detector;
using LeptonStream.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace LeptonStream.Integration.Tests.Edge;

/// <summary>What an edge takes of its host, and the runtime that makes it small.</summary>
[Parallelizable]
public sealed class EdgeSizeTests
{
    private const int Gpus = 50;

    // docs/edge.md, Size.
    private const double MostMegabytes = 60;
    private const double MostPercent = 2;
    private const int HourOfPages = 720;

    private static readonly string[] Names =
    [
        "GPU_UTIL", "GPU_TEMP", "POWER_USAGE", "FB_USED", "SM_CLOCK", "MEM_CLOCK", "MEMORY_TEMP", "MEM_COPY_UTIL", "PCIE_REPLAY_COUNTER",
        "XID_ERRORS",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("lepton-edge-").FullName;

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    // All that an edge can have.
    [TestCase("--http", "http://127.0.0.1:0", "--health-port", "0")]
    [Category("Slow")]
    public async Task Edge_FiveHundredSeriesEveryFiveSeconds_StaysSmall(params string[] ways)
    {
        Requires.Component(OperatingSystem.IsLinux(), "Linux, whose /proc says how large a process is");
        NativeEdge.Require();
        await using var page = await ServePage();
        var file = Path.Combine(_folder, "edge.yaml");
        await File.WriteAllTextAsync(file, $$"""
            scrape_configs:
              - {job_name: gpus, scrape_interval: 5s, static_configs: [{targets: ["{{new Uri(page.Urls.First()).Authority}}"]}]}
            """);
        if (ways is [.., "--health-port", _]) ways[^1] = LoopbackPorts.FreeRow(1).ToString(CultureInfo.InvariantCulture);
        using var edge = LeptonProcess.StartProgram(NativeEdge.Program, null, Arguments("size",
            ["--bootstrap-servers", "127.0.0.1:1", "--collector-config", file, .. ways]));
        // The start, and the garbage of it, is over.
        await Task.Delay(TimeSpan.FromSeconds(40));
        var (before, began) = (Ticks(edge), DateTime.UtcNow);
        await Task.Delay(TimeSpan.FromSeconds(40));

        var percent = (Ticks(edge) - before) / (DateTime.UtcNow - began).TotalSeconds;
        TestContext.Out.WriteLine(FormattableString.Invariant($"{percent:F2} % of a core, {Status(edge, "Threads:")} threads"));
        CheckMemory(edge, "at rest");
        Assert.That(percent, Is.LessThan(MostPercent));
        Assert.That(await edge.Stop(), Is.Zero, edge.ToString());
    }

    [Test]
    [Category("Slow")]
    public async Task Edge_AfterAnHourOfPagesAFullSpoolAndABrokerThatComesBack_IsStillSmall()
    {
        Requires.Component(OperatingSystem.IsLinux(), "Linux, whose /proc says how large a process is");
        NativeEdge.Require();
        var (port, listen) = (LoopbackPorts.FreeRow(1), LoopbackPorts.FreeRow(1));
        await using var kafka = await RealKafka.Start("--proxy-port", port.ToString(CultureInfo.InvariantCulture));
        Requires.Component(kafka.Folder is not null, $"a broker behind a proxy: {kafka.Origin} is none (../shared/kafka is)");
        var broker = int.Parse(await File.ReadAllTextAsync(Path.Combine(kafka.Folder, "node-1", "port")), CultureInfo.InvariantCulture);
        await using var network = new BrokerProxy(port, broker + 20);
        using var topics = await DetectorOnKafka.On(kafka, partitions: 1);
        using var edge = LeptonProcess.StartProgram(NativeEdge.Program, null, Arguments("hour", "--bootstrap-servers", $"127.0.0.1:{port}",
            "--topic-prefix", topics.Options.TopicPrefix, "--http", $"http://127.0.0.1:{listen}", "--set", "Edge:MaxSpoolBytes=8388608"));
        await edge.Says("Metrics by HTTP are taken", TimeSpan.FromSeconds(60));
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{listen}") };
        var random = new Random(2);

        await Push(http, random, HourOfPages / 10);
        network.Hold();
        await Push(http, random, HourOfPages * 8 / 10);
        CheckMemory(edge, "the spool is full");
        // It is said in the next line of trouble, which comes once a minute.
        await edge.Says("records dropped before Kafka had them", TimeSpan.FromMinutes(2));
        network.Release();
        await Push(http, random, HourOfPages / 10);
        // All is sent once five seconds bring no more.
        for (long before = -1, now; (now = topics.Probe.Count(topics.Topics.Metrics)) != before; before = now)
            await Task.Delay(TimeSpan.FromSeconds(5));
        CheckMemory(edge, "all is sent");
        Assert.That(await edge.Stop(), Is.Zero, edge.ToString());
    }

    // As a program pushes that has no page: ten times a second what comes every five seconds.
    private static async Task Push(HttpClient http, Random random, int pages)
    {
        for (var page = 0; page < pages; page++)
        {
            using var answer = await http.PutAsync("/metrics/job/gpus", new StringContent(PageOf(random)));
            answer.EnsureSuccessStatusCode();
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }
    }

    private static void CheckMemory(LeptonProcess edge, string when)
    {
        string[] kinds = ["RssAnon:", "RssFile:", "RssShmem:"];
        var parts = string.Join(", ", kinds.Select(kind => $"{kind} {Status(edge, kind) / 1024} MB"));
        var megabytes = Status(edge, "VmRSS:") / 1024.0;
        TestContext.Out.WriteLine(FormattableString.Invariant($"{when}: {megabytes:F1} MB ({parts})"));
        Assert.That(megabytes, Is.LessThan(MostMegabytes), $"{when}: {parts}");
    }

    [TestCase(null, "DOTNET_gcConcurrent=0", "MALLOC_ARENA_MAX=1", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1")]
    [TestCase("DOTNET_gcConcurrent=1", "DOTNET_gcConcurrent=1", "MALLOC_ARENA_MAX=1")]
    [TestCase("LEPTON_RUNTIME=usual", "LEPTON_RUNTIME=usual")]
    public async Task Edge_OfAnyEnvironment_BeginsWithTheSettingsThatAreNotSet(string? set, params string[] expected)
    {
        Requires.Component(OperatingSystem.IsLinux(), "Linux, where a process can begin once more in its place");
        var environment = set is null ? [] : new Dictionary<string, string> { [set.Split('=')[0]] = set.Split('=')[1] };
        using var edge = LeptonProcess.Start(environment, Arguments("runtime", "--bootstrap-servers", "127.0.0.1:1",
            "--set", "Edge:AlertFile=", "--http", ""));
        await edge.Says("Kafka", TimeSpan.FromSeconds(30));

        var variables = (await File.ReadAllTextAsync($"/proc/{edge.Id}/environ")).Split('\0');
        Assert.That(variables, Is.SupersetOf(expected));
        Assert.That(variables.Any(each => each.StartsWith("MALLOC_ARENA_MAX=", StringComparison.Ordinal)),
            Is.EqualTo(expected.Contains("MALLOC_ARENA_MAX=1")));
        // Words come through as they are, an empty one at the end, too.
        Assert.That(await File.ReadAllTextAsync($"/proc/{edge.Id}/cmdline"), Does.EndWith("--set\0Edge:AlertFile=\0--http\0\0"));
        Assert.That(await edge.Stop(), Is.Zero, edge.ToString());
    }

    [Test]
    public async Task Edge_WrongSetting_IsRefusedAsByEveryRole()
    {
        var result = await LeptonProcess.Run("edge", "--set", "Edge:SpoolAge=never");

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((2, "lepton: --set: Edge:SpoolAge is 'never': it must be a time such as "
            + "00:00:30 (hours, minutes, seconds)\n")));
    }

    private string[] Arguments(string spool, params string[] more) =>
        ["edge", "--spool", Path.Combine(_folder, $"{spool}-{Guid.NewGuid():N}"), "--set", "Edge:KernelLog=",
            "--set", "Edge:InfinibandPath=", .. more];

    private static async Task<WebApplication> ServePage()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var random = new Random(1);
        app.Run(http =>
        {
            http.Response.ContentType = "text/plain; version=0.0.4";
            return http.Response.WriteAsync(PageOf(random));
        });
        await app.StartAsync();
        return app;
    }

    private static string PageOf(Random random)
    {
        var page = new StringBuilder();
        foreach (var name in Names)
        {
            page.Append(CultureInfo.InvariantCulture, $"# TYPE DCGM_FI_DEV_{name} gauge\n");
            for (var gpu = 0; gpu < Gpus; gpu++)
            {
                var value = name is "PCIE_REPLAY_COUNTER" or "XID_ERRORS" ? 0 : 60 + (6 * (random.NextDouble() + random.NextDouble() - 1));
                page.Append(CultureInfo.InvariantCulture,
                    $"DCGM_FI_DEV_{name}{{gpu=\"{gpu}\",UUID=\"GPU-{gpu}\",Hostname=\"node-7\"}} {value:F2}\n");
            }
        }

        return page.ToString();
    }

    private static long Status(LeptonProcess process, string name) => long.Parse(
        File.ReadLines($"/proc/{process.Id}/status").Single(line => line.StartsWith(name, StringComparison.Ordinal))
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    // In hundredths of a second: a tick a second is a percent of a core.
    private static long Ticks(LeptonProcess process)
    {
        var fields = File.ReadAllText($"/proc/{process.Id}/stat").Split(") ")[^1].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }
}
