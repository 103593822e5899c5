using System.Globalization;
using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Detection;

/// <summary>Trouble that people reported, as small series: what must be told of each, and what must not.</summary>
public sealed class TroubleTests
{
    private static readonly string[] Constants = ["30-up-goes-to-zero", "30b-half-of-eight-gpus-lost", "30c-ready-replicas-gone", "30d-control-share-of-eight"];

    [TestCaseSource(nameof(Constants))]
    public void AConstantThatChangesForGood_IsToldOnceAndStaysOpen(string name)
    {
        var told = Told(name);
        Assert.That(told.Select(e => e.Type), Is.EqualTo(new[] { AlertEventType.Opened }));
        Assert.That(told[0].Expected, Is.Not.EqualTo(told[0].Value));
    }

    [TestCase("60-autoscaler-replicas")]
    [TestCase("61-disk-rarely-moves")]
    [TestCase("10-dst-traffic")]
    [TestCase("23-interval-60-to-15")]
    [TestCase("25-quantile-nan-without-traffic")]
    [TestCase("25b-nan-first")]
    public void WhatIsUsual_IsQuiet(string name) => Assert.That(Told(name).Select(e => $"{e.English.Summary} by {e.Detectors[0]} at {e.DetectedAt}"), Is.Empty);

    [TestCase("16-heap-sawtooth", 2)]
    [TestCase("17-temperature-whole-degrees", 2)]
    [TestCase("62-flapping", 5)]
    public void WhatComesAndGoes_IsToldFewTimes(string name, int most)
    {
        var opened = Told(name).FindAll(e => e.Type == AlertEventType.Opened);
        Assert.That(opened, Has.Count.LessThanOrEqualTo(most));
    }

    [Test]
    public void ReadingsThatAreLost_AreTold()
    {
        var told = Told("34-dcgm-blank-for-good");
        Assert.That(told.Select(e => (e.Type, e.Detectors[0].Name)), Is.EqualTo(new[] { (AlertEventType.Opened, "readings-lost") }));
        Assert.That(told[0].Points.Max(p => p.Value), Is.LessThan(2), "a blank is no value");
    }

    [Test]
    public void AnXidThatSticks_IsToldOnceAndStaysOpen()
    {
        var told = Told("35-xid-sticks").FindAll(e => e.Metric == "DCGM_FI_DEV_XID_ERRORS");
        Assert.That(told.Select(e => e.Type), Is.EqualTo(new[] { AlertEventType.Opened }));
    }

    [Test]
    public void AGraveXidAtTheFirstSample_IsTold()
    {
        var told = Told("35b-xid-there-before").FindAll(e => e.Metric == "DCGM_FI_DEV_XID_ERRORS");
        Assert.That(told.Select(e => (e.Type, e.Severity)), Is.EqualTo(new[] { (AlertEventType.Opened, AlertSeverity.Critical) }));
    }

    [Test]
    public void AShiftUp_IsToldAsHighAndNotAsOver()
    {
        var told = Told("49-shift-up-told-as-low");
        Assert.That(told, Is.Not.Empty);
        Assert.That(told.Where(e => e.Type == AlertEventType.Opened).All(e => e.Value > e.Expected), Is.True, "upwards");
        Assert.That(told.Exists(e => e.EndedReason == EndedReason.Recovered), Is.False, "it never came back");
    }

    [Test]
    public void AnEngineThatHangs_StaysOpenWhileRequestsWait()
    {
        var waiting = Told("12-vllm-hang-busy").FindAll(e => e.Metric == "vllm:num_requests_waiting");
        Assert.That(waiting.Select(e => e.Type), Has.Some.EqualTo(AlertEventType.Opened));
        Assert.That(waiting[^1].EndedReason, Is.Null);
    }

    private static List<AlertEvent> Told(string name)
    {
        var path = Path.Combine(SharedFolder.Require("data/trouble"), name + ".csv");
        var lines = File.ReadAllLines(path);
        var metrics = lines[0].Split(',')[1..];
        var driver = new PipelineTestDriver();
        foreach (var line in lines.Skip(1))
        {
            var cells = line.Split(',');
            driver.Now = LeptonStream.Samples.Timestamp.FromUnixSeconds(long.Parse(cells[0], CultureInfo.InvariantCulture));
            var values = metrics.Select((metric, i) => $"\"{metric}\":{(cells[i + 1] == "NaN" ? "\"NaN\"" : cells[i + 1])}");
            driver.Send(Encoding.UTF8.GetBytes($$"""{"model":"m","ts":{{cells[0]}},"labels":{"gpu":"0"},"metrics":{ {{string.Join(',', values)}} } }"""));
        }

        return driver.Events;
    }
}
