using System.Text.Json;
using LeptonStream.Cli.Demo;
using LeptonStream.Simulator;

namespace LeptonStream.Product.Tests.Demo;

internal sealed class DemoReportTests
{
    [Test]
    public void WriteJson_Result_IsTheDocumentedObject()
    {
        using var output = new MemoryStream();
        DemoReport.WriteJson(Result(found: 11), output);
        using var json = JsonDocument.Parse(output.ToArray());
        Assert.That(json.RootElement.EnumerateObject().Select(p => p.Name),
            Is.EqualTo(new[] { "faults", "falseAlerts", "consequences", "samples", "samplesPerSecond", "notifications", "seconds" }));
        var faults = json.RootElement.GetProperty("faults").EnumerateArray().ToArray();
        Assert.That(faults, Has.Length.EqualTo(12));
        Assert.That(faults[0].EnumerateObject().Select(p => p.Name), Is.EqualTo(new[] { "name", "found", "delaySamples", "detector" }));
        Assert.That(faults[0].GetProperty("delaySamples").GetInt32(), Is.EqualTo(3));
        Assert.That(faults[11].GetProperty("found").GetBoolean(), Is.False);
        Assert.That(faults[11].GetProperty("delaySamples").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(faults[11].GetProperty("detector").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(json.RootElement.GetProperty("samplesPerSecond").GetDouble(), Is.EqualTo(100));
    }

    [Test]
    public void Text_Result_NamesEveryFaultAndEveryProblem()
    {
        var text = DemoReport.Text(Result(found: 9) with { Journalled = 41 });
        foreach (var fault in FaultScript.For(new Story()).Faults) Assert.That(text, Does.Contain(fault.Name));
        Assert.That(text, Does.Contain("9 of 12 faults found"));
        Assert.That(text, Does.Contain("not sound: 3 of 12 faults were missed"));
        Assert.That(text, Does.Contain("not sound: the alerts topic holds 42 events but the journal 41"));
    }

    [Test]
    public void Text_FalseAlerts_SayWhenAndOnWhichSeries()
    {
        var wrong = new FalseAlert(TimeSpan.FromHours(1), "m/x", "mean-sigma", 1.2, "traffic bump");
        var text = DemoReport.Text(Result(found: 12) with { FalseAlerts = [wrong], Consequences = 1, Notifications = 1, Sent = 1 });
        Assert.That(text, Does.Contain("12 of 12 faults found, 1 false alert, 1 alert on consequences of the faults\n"));
        Assert.That(text, Does.Contain(
            "  false alert after 1 h: mean-sigma on m/x, score 1.20, during or shortly after a traffic bump\n"));
        Assert.That(text, Does.Contain("42 alert events, 42 journalled, 1 notification, 0 dead letters\n"));
    }

    [Test]
    public void Problems_SoundRun_HasNone() => Assert.That(Result(found: 10).Problems, Is.Empty);

    [Test]
    public void Problems_OneFaultTooFew_SaysSo() => Assert.That(Result(found: 9).Problems, Has.Count.EqualTo(1));

    [Test]
    public void Problems_FourFalseAlerts_SaysSo()
    {
        var wrong = new FalseAlert(TimeSpan.FromHours(1), "m/x", "mean-sigma", 1.2, null);
        Assert.That((Result(found: 12) with { FalseAlerts = [wrong, wrong, wrong] }).Problems, Is.Empty);
        Assert.That((Result(found: 12) with { FalseAlerts = [wrong, wrong, wrong, wrong] }).Problems, Has.Count.EqualTo(1));
    }

    [Test]
    public void Problems_CountsThatDisagree_SaySo()
    {
        Assert.That((Result(found: 12) with { DeadLetters = 1 }).Problems, Has.Count.EqualTo(1));
        Assert.That((Result(found: 12) with { Notifications = 0, Sent = 0 }).Problems, Has.Count.EqualTo(1));
        Assert.That((Result(found: 12) with { Notifications = 4 }).Problems, Has.Count.EqualTo(1));
        Assert.That((Result(found: 12) with { Unsent = 1 }).Problems, Has.Count.EqualTo(1));
        Assert.That((Result(found: 12) with { Journalled = 43 }).Problems, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task PlainScreen_Story_SaysPhaseFaultsAndTheEnd()
    {
        var output = new StringWriter();
        var view = new AlertView(Result(found: 11).Faults, [], 0, [], 42);
        var progress = new DemoProgress("done", TimeSpan.FromDays(2), TimeSpan.FromDays(2), TimeSpan.FromDays(2), 5, 7, 3, view, null);
        await new PlainScreen(output).Show(() => progress, Task.CompletedTask);
        Assert.That(output.ToString(), Does.EndWith("done\n"));
        Assert.That(output.ToString(), Does.Contain("[day 3 00:00:00] 100 %"));
        Assert.That(output.ToString(), Does.Contain("✓ straggler-rank found after 45 s by mean-sigma in series"));
        Assert.That(output.ToString(), Does.Contain("✗ frozen-exporter missed"));
    }

    [Test]
    public async Task PlainScreen_ALookThatFindsMuchAtOnce_TellsItInTheOrderOfTheStory()
    {
        var output = new StringWriter();
        var faults = Result(found: 2).Faults;
        var now = faults[2].Fault.Onset;
        var half = TimeSpan.FromDays(1);
        await new PlainScreen(output).Show(
            () => new("sending the faults", half, now, half * 2, 5, 7, 3, new AlertView(faults, [], 0, [], 42), null), Task.CompletedTask);

        var lines = output.ToString().TrimEnd().Split('\n');
        Assert.That(lines.Select(line => line.Split("] ")[^1].Split(' ')[0]),
            Is.EqualTo(new[] { "50", "sending", "▶", "✓", "▶", "✓", "▶" }));
        Assert.That(lines.Where(line => line[0] == '[').Select(line => line.Split(']')[0]), Is.Ordered);
        Assert.That(lines[3], Does.StartWith($"[{PlainScreen.Clock(faults[0].Fault.Onset + faults[0].Delay!.Value)}] ✓"));
    }

    [TestCase(140)]
    [TestCase(80)]
    public void Text_WithLongNames_FitsTheWidthAndNamesTheSeries(int width)
    {
        var result = Result(found: 11);
        var name = "h100-pool/DCGM_FI_DEV_ECC_SBE_VOL_TOTAL{gpu=\"6\",instance=\"node-07\",cluster=\"one-of-many\"}";
        var text = DemoReport.Text(
            result with { Faults = [.. result.Faults.Select(f => f with { Series = f.Series is null ? null : name,
                Detector = f.Found ? "forecast-residual" : null, Delay = f.Delay * 40 })] }, width);

        Assert.That(text.Split('\n').Select(line => line.Length), Is.All.LessThanOrEqualTo(width));
        Assert.That(text, Does.Contain("h100-pool"));
        Assert.That(result.Faults.Select(fault => fault.Fault.Name).Where(fault => !text.Contains($" {fault} ", StringComparison.Ordinal)),
            Is.Empty, "names are whole");
    }

    private static DemoResult Result(int found) => new()
    {
        Faults = [.. FaultScript.For(new Story()).Faults.Select((fault, i) =>
            i < found
                ? new Verdict(fault, 3, TimeSpan.FromSeconds(45), "mean-sigma", "series")
                : new Verdict(fault, null, null, null, null))],
        FalseAlerts = [],
        Consequences = 7,
        Samples = 1000,
        Events = 42,
        Journalled = 42,
        DeadLetters = 0,
        Notifications = 5,
        Sent = 5,
        Unsent = 0,
        Telling = TimeSpan.FromSeconds(10),
        Elapsed = TimeSpan.FromSeconds(14),
    };
}
