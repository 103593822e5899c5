using System.Globalization;
using System.Text;
using LeptonStream.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace LeptonStream.Integration.Tests.Edge;

/// <summary>What an edge takes of its host, and the runtime that makes it small.</summary>
public sealed class EdgeSizeTests
{
    private const int Gpus = 50;

    // docs/edge.md, Size: 91 MB and 1.4 % of a core, here on a machine that does other things at the same time.
    private const double MostMegabytes = 100;
    private const double MostPercent = 2;

    private static readonly string[] Names =
    [
        "GPU_UTIL", "GPU_TEMP", "POWER_USAGE", "FB_USED", "SM_CLOCK", "MEM_CLOCK", "MEMORY_TEMP", "MEM_COPY_UTIL", "PCIE_REPLAY_COUNTER",
        "XID_ERRORS",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("lepton-edge-").FullName;

    [OneTimeTearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    [Category("Slow")]
    public async Task Edge_FiveHundredSeriesEveryFiveSeconds_StaysSmall()
    {
        Requires.Component(OperatingSystem.IsLinux(), "Linux, whose /proc says how large a process is");
        await using var page = await ServePage();
        var file = Path.Combine(_folder, "edge.yaml");
        await File.WriteAllTextAsync(file, $$"""
            scrape_configs:
              - {job_name: gpus, scrape_interval: 5s, static_configs: [{targets: ["{{new Uri(page.Urls.First()).Authority}}"]}]}
            """);
        using var edge = Start("size", "--collector-config", file);
        // The start, and the garbage of it, is over.
        await Task.Delay(TimeSpan.FromSeconds(60));
        var (before, began) = (Ticks(edge), DateTime.UtcNow);
        await Task.Delay(TimeSpan.FromSeconds(60));

        var percent = (Ticks(edge) - before) / (DateTime.UtcNow - began).TotalSeconds;
        var (megabytes, threads) = (Status(edge, "VmRSS:") / 1024.0, Status(edge, "Threads:"));
        string[] kinds = ["RssAnon:", "RssFile:", "RssShmem:"];
        var parts = string.Join(", ", kinds.Select(kind => $"{kind} {Status(edge, kind) / 1024} MB"));
        TestContext.Out.WriteLine(FormattableString.Invariant($"{megabytes:F1} MB ({parts}), {percent:F2} % of a core, {threads} threads"));
        Assert.That(megabytes, Is.LessThan(MostMegabytes), parts);
        Assert.That(percent, Is.LessThan(MostPercent));
        Assert.That(await edge.Stop(), Is.Zero, edge.ToString());
    }

    [TestCase(null, "DOTNET_gcConcurrent=0", "MALLOC_ARENA_MAX=1", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1")]
    [TestCase("DOTNET_gcConcurrent=1", "DOTNET_gcConcurrent=1", "MALLOC_ARENA_MAX=1")]
    [TestCase("LEPTON_RUNTIME=usual", "LEPTON_RUNTIME=usual")]
    public async Task Edge_OfAnyEnvironment_BeginsWithTheSettingsThatAreNotSet(string? set, params string[] expected)
    {
        Requires.Component(OperatingSystem.IsLinux(), "Linux, where a process can begin once more in its place");
        var environment = set is null ? [] : new Dictionary<string, string> { [set.Split('=')[0]] = set.Split('=')[1] };
        using var edge = LeptonProcess.Start(environment, Arguments("runtime", "--set", "Edge:AlertFile="));
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

    private LeptonProcess Start(string spool, params string[] more) => LeptonProcess.Start(Arguments(spool, more));

    private string[] Arguments(string spool, params string[] more) =>
        ["edge", "--spool", Path.Combine(_folder, spool), "--bootstrap-servers", "127.0.0.1:1", "--set", "Edge:KernelLog=",
            "--set", "Edge:InfinibandPath=", .. more, "--http", ""];

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
