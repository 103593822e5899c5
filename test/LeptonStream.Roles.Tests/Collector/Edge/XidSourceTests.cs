using System.Globalization;
using System.Text.Json.Nodes;
using LeptonStream.Collector.Edge;
using LeptonStream.Collector.Edge.Host;
using LeptonStream.Collector.Edge.Spooling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace LeptonStream.Roles.Tests.Collector.Edge;

/// <summary>Lines of the kernel's log as codes over time: <c>seconds:code</c>, of one GPU.</summary>
[Parallelizable]
public sealed class XidSourceTests
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    // Codes every 15 seconds; an error at its own time, with a 0 right before the first, and before one that stands already.
    [TestCase("", 40, "15:0 30:0")]
    [TestCase("5:79", 20, "4.999:0 5:79 15:79")]
    [TestCase("20:79", 40, "15:0 20:79 30:79")]
    [TestCase("20:79 25:79", 40, "15:0 20:79 24.999:0 25:79 30:79")]
    [TestCase("20:13 25:31", 40, "15:0 20:13 25:31 30:31")]

    // A storm is one error.
    [TestCase("20:45 20.1:45 20.2:45 20.9:45", 40, "15:0 20:45 30:45")]

    // Read a moment after the code that stood was a sample already.
    [TestCase("14.9:79", 20, "15:0 15.002:79")]
    public async Task Errors_OverTime_AreCodesThatTheDetectorCanTellApart(string errors, int seconds, string expected) =>
        Assert.That(string.Join(' ', await Codes(errors, seconds)), Is.EqualTo(expected));

    [Test]
    public async Task Error_OfTenMinutesAgo_IsOver()
    {
        var codes = await Codes("20:79", 700);

        Assert.That(codes[^1], Does.EndWith(":0"));
        Assert.That(codes.Count(code => code.EndsWith(":79", StringComparison.Ordinal)), Is.EqualTo(41));
    }

    private static async Task<List<string>> Codes(string errors, int seconds)
    {
        using var rig = new EdgeRig();
        var time = new FakeTimeProvider(Begin);
        using var host = rig.Build(time);
        using var log = new ScriptedLog(errors, time);
        var source = new XidSource(log, host.Services.GetRequiredService<HostSamples>(), new() { ["0000:3b:00"] = "0" }, time);
        for (var second = 0; second < seconds; second++)
        {
            await source.Round();
            time.Advance(TimeSpan.FromSeconds(1));
        }

        return Written(host);
    }

    private static List<string> Written(IHost host)
    {
        var records = new List<SpoolRecord>();
        for (var reader = host.Services.GetRequiredService<EdgeFolder>().Samples.ReadFrom(0); reader.Read(records, 100) > 0;) { }
        return [.. records.Select(record => JsonNode.Parse(record.Value)!).Select(message =>
        {
            Assert.That(message["labels"]!["gpu"]!.GetValue<string>(), Is.EqualTo("0"));
            var at = DateTimeOffset.FromUnixTimeMilliseconds(message["ts"]!.GetValue<long>()) - Begin;
            return FormattableString.Invariant($"{at.TotalSeconds}:{message["metrics"]!["gpu.xid"]!.GetValue<double>()}");
        })];
    }

    // Gives each line once its time has come, as the kernel does.
    private sealed class ScriptedLog : IKernelLog
    {
        private readonly TimeProvider _time;
        private readonly Queue<(double At, int Code)> _lines;

        public ScriptedLog(string errors, TimeProvider time)
        {
            _time = time;
            _lines = new(errors.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(each => each.Split(':'))
                .Select(each => (double.Parse(each[0], CultureInfo.InvariantCulture), int.Parse(each[1], CultureInfo.InvariantCulture))));
        }

        public string? Trouble => null;

        public void Take(List<(XidLine Error, DateTimeOffset Time)> into)
        {
            // A line of a tenth before the full second is read with a delay.
            while (_lines.TryPeek(out var line) && Begin.AddSeconds(Math.Ceiling(line.At)).AddSeconds(line.At % 1 > 0.85 ? 1 : 0)
                <= _time.GetUtcNow())
            {
                into.Add((new(XidKind.Gpu, "0000:3b:00", line.Code), Begin.AddSeconds(line.At)));
                _lines.Dequeue();
            }
        }

        public void Dispose()
        {
            // It holds nothing.
        }
    }
}
