using System.Text;
using System.Text.Json.Nodes;
using LeptonStream.Collector.Edge;
using LeptonStream.Collector.Edge.Host;
using LeptonStream.Collector.Edge.Local;
using LeptonStream.Collector.Edge.Spooling;
using LeptonStream.Health;
using LeptonStream.Resilience;
using LeptonStream.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LeptonStream.Roles.Tests.Collector.Edge;

/// <summary>A host's clock that is set back, ahead or to and fro delays and hurries nothing.</summary>
[Parallelizable]
public sealed class OddClockTests
{
    private const string Day = "1.00:00:00";
    private const string Year = "365.00:00:00";
    private static readonly DateTimeOffset Begin = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void Pace_OfAClockThatIsSetToAndFro_KeepsItsInterval([Values(1, 2, 3)] int seed)
    {
        var (clock, time) = Clock();
        var (pace, random, due) = (new Pace(TimeSpan.FromSeconds(15), clock), new Random(seed), 0);
        for (var second = 0; second < 600; second++)
        {
            clock.Ahead = TimeSpan.FromHours(random.Next(-1_000, 1_000));
            if (pace.IsDue()) due++;
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.That(due, Is.EqualTo(600 / 15));
    }

    [TestCase("-" + Day)]
    [TestCase(Year)]
    [TestCase("-" + Year)]
    public async Task Series_OfTheEdgeAndItsPorts_ComeAsOftenAsBefore(string step)
    {
        using var rig = new EdgeRig();
        var counters = Path.Combine(rig.Folder, "ib", "mlx5_0", "ports", "1", "counters");
        Directory.CreateDirectory(counters);
        await File.WriteAllTextAsync(Path.Combine(counters, "symbol_error"), "7\n");
        var (clock, time) = Clock();
        using var host = rig.Build(clock);
        var ports = new InfinibandSource(Path.Combine(rig.Folder, "ib"), host.Services.GetRequiredService<HostSamples>(), clock);
        var series = host.Services.GetRequiredService<EdgeSeries>();
        for (var second = 0; second < 240; second++)
        {
            if (second == 100) clock.Ahead = TimeSpan.Parse(step, System.Globalization.CultureInfo.InvariantCulture);
            await ports.Round();
            await series.Round();
            time.Advance(TimeSpan.FromSeconds(1));
        }

        var written = Written(host);
        Assert.That(written.Count(each => (string?)each["model"] == "lepton.edge"), Is.EqualTo(4));
        // The first look at a counter makes no rate, and neither does the first after a step back.
        Assert.That(written.Count(each => (string?)each["model"] == "gpu-host"), Is.GreaterThanOrEqualTo(14));
    }

    [TestCase("-" + Day)]
    [TestCase(Day)]
    public async Task Xid_AfterTheClockWasSet_IsAnErrorAndEndsAfterTenMinutes(string step)
    {
        using var rig = new EdgeRig();
        var (clock, time) = Clock();
        using var host = rig.Build(clock);
        using var log = new Lines();
        var source = new XidSource(log, host.Services.GetRequiredService<HostSamples>(), new() { ["0000:3b:00"] = "0" }, clock);
        for (var second = 0; second < 900; second++)
        {
            // The same code twice, and the clock is set in between.
            if (second is 20 or 60) log.Waiting.Add((new(XidKind.Gpu, "0000:3b:00", 79), clock.GetUtcNow()));
            if (second == 40) clock.Ahead = TimeSpan.Parse(step, System.Globalization.CultureInfo.InvariantCulture);
            await source.Round();
            time.Advance(TimeSpan.FromSeconds(1));
        }

        var codes = Written(host).Select(each => (int)each["metrics"]!["gpu.xid"]!).ToList();
        // A 0 before the second error, which a storm would not have.
        Assert.That(string.Join("", codes.Select(code => code == 0 ? '0' : 'x')), Does.Match("^0+x+0x+0+$"));
        Assert.That(codes.Count(code => code == 79), Is.InRange(42, 48), "every quarter of a minute, for ten minutes after the second");
    }

    [TestCase(Year)]
    [TestCase("-" + Year)]
    public void Trim_AClockThatJumps_TakesNothingForTooOld(string step)
    {
        var folder = Directory.CreateTempSubdirectory("lepton-spool-").FullName;
        var (clock, time) = Clock();
        using (var spool = new Spool(new(folder, 64 << 10, TimeSpan.FromDays(7)) { Time = clock }))
        {
            for (var i = 0; i < 40; i++)
            {
                if (i == 20) clock.Ahead = TimeSpan.Parse(step, System.Globalization.CultureInfo.InvariantCulture);
                spool.Append(clock.GetUtcNow().ToUnixTimeMilliseconds(), default, new byte[1_000]);
                spool.Trim(0);
                time.Advance(TimeSpan.FromHours(1));
            }

            Assert.That(spool.Dropped, Is.Zero);
            time.Advance(TimeSpan.FromDays(7));
            spool.Trim(0);
            Assert.That(spool.Dropped, Is.Positive, "a week is a week");
        }

        Directory.Delete(folder, recursive: true);
    }

    [Test]
    public async Task Append_DiskThatIsFreeAgainAfterTheClockWasSetBack_IsTriedAgain()
    {
        using var disk = await SmallDisk.Mount(megabytes: 2);
        var (clock, time) = Clock();
        using var spool = new Spool(new(Path.Combine(disk.Folder, "spool"), 1 << 20, TimeSpan.FromDays(7)) { Time = clock });
        disk.Fill();
        for (var i = 0; i < 400; i++) spool.Append(i, default, new byte[10_000]);
        Assert.That(spool.DiskTrouble, Is.Not.Null);

        disk.Clear();
        clock.Ahead = TimeSpan.FromDays(-30);
        time.Advance(TimeSpan.FromSeconds(11));
        spool.Append(0, default, "on disk again"u8);
        Assert.That(spool.DiskTrouble, Is.Null);
    }

    [TestCase("-" + Day)]
    [TestCase(Day)]
    public async Task Edge_ClockSetWhileItRuns_ScrapesAndForwardsOn(string step)
    {
        await using var exporter = await FakeExporter.Start(FakeExporter.Vllm);
        var clock = new OddClock(TimeProvider.System);
        using var rig = new EdgeRig();
        rig.Set("Collector:ConfigFile", rig.Write("edge.yaml", $$"""
            scrape_configs:
              - job_name: vllm
                scrape_interval: 1s
                static_configs: [{targets: ["{{exporter.Target}}"]}]
            """));
        rig.Start(clock);
        await Eventually.True(() => Scraped(rig) >= 2, "pages arrive");

        var before = Scraped(rig);
        clock.Ahead = TimeSpan.Parse(step, System.Globalization.CultureInfo.InvariantCulture);

        await Eventually.True(() => Scraped(rig) >= before + 3, "pages go on arriving", TimeSpan.FromSeconds(15));
    }

    [Test]
    public void Judge_AfterTheClockWasSetBack_GoesOnWithoutItsState()
    {
        using var rig = new EdgeRig();
        var (clock, time) = Clock();
        using var host = rig.Build(clock);
        var (folder, detector) = (host.Services.GetRequiredService<EdgeFolder>(), host.Services.GetRequiredService<LocalDetector>());
        var troubles = new TroubleLog(NullLogger.Instance, clock);
        var judged = 0;
        detector.Observer = (in _) => judged++;
        for (var minute = 0; minute < 60; minute++)
        {
            // Back by a day, and by five minutes, which is too little to forget for.
            if (minute is 20 or 40) clock.Ahead -= minute == 20 ? TimeSpan.FromDays(1) : TimeSpan.FromMinutes(5);
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var record = $$$"""{"model":"m","ts":{{{now}}},"metrics":{"n":{{{minute}}}}}""";
            folder.Samples.Append(now, "m"u8, Encoding.UTF8.GetBytes(record));
            detector.Judge(troubles);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.That(judged, Is.InRange(60 - 6, 60 - 4));
        detector.Save();
        Assert.That(detector.SeriesCount, Is.EqualTo(1));
    }

    private static int Scraped(EdgeRig rig) =>
        rig.Records().Count(record => record.Value.Contains("infer.running", StringComparison.Ordinal));

    private static (OddClock Clock, FakeTimeProvider Time) Clock()
    {
        var time = new FakeTimeProvider(Begin);
        return (new(time), time);
    }

    private static List<JsonNode> Written(IHost host)
    {
        var records = new List<SpoolRecord>();
        for (var reader = host.Services.GetRequiredService<EdgeFolder>().Samples.ReadFrom(0); reader.Read(records, 100) > 0;) { }
        return [.. records.Select(record => JsonNode.Parse(Encoding.UTF8.GetString(record.Value))!)];
    }

    private sealed class Lines : IKernelLog
    {
        public List<(XidLine Error, DateTimeOffset Time)> Waiting { get; } = [];

        public string? Trouble => null;

        public void Take(List<(XidLine Error, DateTimeOffset Time)> into)
        {
            into.AddRange(Waiting);
            Waiting.Clear();
        }

        public void Dispose()
        {
            // It holds nothing.
        }
    }
}
