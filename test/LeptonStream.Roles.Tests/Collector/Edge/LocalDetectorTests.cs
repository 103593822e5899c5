using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LeptonStream.Collector.Edge;
using LeptonStream.Collector.Edge.Local;
using LeptonStream.Collector.Edge.Spooling;
using LeptonStream.Collector.Output;
using LeptonStream.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace LeptonStream.Roles.Tests.Collector.Edge;

[Parallelizable]
public sealed class LocalDetectorTests
{
    private const int Minutes = 600;
    private static readonly DateTimeOffset Begin = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    // Killed with the state never written, always, and now and then: before, in and after the trouble.
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(37)]
    public async Task Judge_KilledAgainAndAgain_MakesTheEventsOfOneThatNeverWas(int saveEvery)
    {
        var expected = await Run(killEvery: int.MaxValue, saveEvery: 0);

        var events = await Run(killEvery: 50, saveEvery);

        Assert.That(expected, Has.Count.GreaterThan(1));
        Assert.That(events, Is.EqualTo(expected));
    }

    [TestCase(0)]
    [TestCase(100)]
    [TestCase(5_000)]
    public async Task Begin_StateThatIsDamaged_LearnsFromTheSpool(int at)
    {
        using var rig = new EdgeRig();
        var time = new FakeTimeProvider(Begin);
        using (var host = rig.Build(time)) await Live(host.Services, time, 0, 200, saveEvery: 50);
        var state = Path.Combine(rig.Folder, "spool", "detector.state");
        var bytes = await File.ReadAllBytesAsync(state);
        bytes[Math.Min(at, bytes.Length - 1)] ^= 0x40;
        await File.WriteAllBytesAsync(state, bytes[..Math.Max(at, bytes.Length - 10)]);

        using var again = rig.Build(time);
        await Live(again.Services, time, 200, Minutes, saveEvery: 0);

        Assert.That(Events(again.Services), Has.Count.GreaterThan(1));
    }

    private static async Task<List<string>> Run(int killEvery, int saveEvery)
    {
        // Ids are made of the spool's own.
        using var rig = new EdgeRig();
        Directory.CreateDirectory(Path.Combine(rig.Folder, "spool"));
        rig.Write("spool/id", "0123456789abcdef0123456789abcdef");
        var time = new FakeTimeProvider(Begin);
        for (var from = 0; from < Minutes;)
        {
            var to = (int)Math.Min(Minutes, (long)from + killEvery);
            using var host = rig.Build(time);
            await Live(host.Services, time, from, to, saveEvery);
            from = to;
        }

        using var last = rig.Build(time);
        return Events(last.Services);
    }

    private static async Task Live(IServiceProvider services, FakeTimeProvider time, int from, int to, int saveEvery)
    {
        var (sink, detector) = (services.GetRequiredService<IRecordSink>(), services.GetRequiredService<LocalDetector>());
        var troubles = new TroubleLog(NullLogger.Instance, time);
        while (detector.Judge(troubles)) { }
        for (var minute = from; minute < to; minute++)
        {
            await sink.Send([new() { Key = "m"u8.ToArray(), Value = Sample(minute) }], () => { });
            time.Advance(TimeSpan.FromMinutes(1));
            detector.Judge(troubles);
            if (saveEvery > 0 && minute % saveEvery == 0) detector.Save();
        }
    }

    // A wave that steps up for an hour and comes back.
    private static byte[] Sample(int minute)
    {
        var time = (Begin + TimeSpan.FromMinutes(minute)).ToUnixTimeMilliseconds();
        var value = 200 + (10 * Math.Sin(minute * 0.7)) + (minute is >= 420 and < 480 ? 400 : 0);
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $$$"""{"model":"m","ts":{{{time}}},"metrics":{"ttft_p99_ms":{{{value}}}}}"""));
    }

    // Without the sequences, which leap at a start.
    private static List<string> Events(IServiceProvider services)
    {
        var records = new List<SpoolRecord>();
        for (var reader = services.GetRequiredService<EdgeFolder>().Alerts.ReadFrom(0); reader.Read(records, 100) > 0;) { }
        return [.. records.SelectMany(AlertRecords.EventsOf).Select(line =>
        {
            var each = JsonNode.Parse(line.Span)!;
            return $"{each["id"]} {each["type"]} {each["data"]!["onset"]} {each["data"]!["value"]}";
        })];
    }
}
