using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detection.Snapshots;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Series;
using MathNet.Numerics.Distributions;

namespace LeptonStream.Core.Tests.Detection.Lifecycle;

/// <summary>A critical fault that ends and comes again is found as soon as the first time, and as critical.</summary>
public sealed class ReturnTests
{
    private const int Day = 86_400;

    [Test]
    public void AFaultThatReturns_IsCriticalAsSoonAsTheFirstTime(
        [Values(2, 10, 40, 180, 720, 1440)] int gapMinutes, [Values(5, 15, 60)] int seconds, [Values] Fault fault)
    {
        var rig = new Rig(seconds);
        rig.Run(Day + 7_200, null);
        var first = rig.Run(600, fault);
        rig.Run(60 * gapMinutes, null);
        var second = rig.Run(600, fault);
        TestContext.Out.WriteLine($"every {seconds} s, {fault}, again after {gapMinutes} min: critical after {first} s, then {second} s");
        Assert.That(first, Is.InRange(seconds, 60));
        Assert.That(second, Is.InRange(0, 2 * first));
    }

    [Test]
    public void AFaultThatReturns_IsSaidInBothLanguages()
    {
        var rig = new Rig(15);
        rig.Run(Day + 7_200, null);
        rig.Run(600, Fault.Spike);
        rig.Run(3_600, null);
        var ended = rig.Events[^1];
        rig.Run(600, Fault.Spike);
        var again = rig.Events[^1];
        Assert.That((ended.EndedReason, again.Type), Is.EqualTo((EndedReason.Recovered, AlertEventType.Opened)));
        Assert.That(again.English.Description, Does.Contain($"ended at {ended.DetectedAt.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss} UTC"));
        Assert.That(again.Chinese.Description, Does.Contain("同样的故障"));
    }

    [Test]
    public void AFaultThatReturnsAfterATakeover_IsKnown()
    {
        var rig = new Rig(15);
        rig.Run(Day + 7_200, null);
        rig.Run(600, Fault.Drop);
        rig.Run(3_600, null);
        rig.TakeOver();
        Assert.That(rig.Run(600, Fault.Drop), Is.InRange(15, 30));
    }

    // Another series' verdict is a new policy file, which says the same of this one.
    [Test]
    public void AFaultThatReturnsUnderOtherPoliciesThatSayTheSameOfIt_IsKnown()
    {
        var rig = new Rig(15);
        rig.Run(Day + 7_200, null);
        rig.Run(600, Fault.Drop);
        rig.Run(3_600, null);
        rig.Adopt(new([new([Matcher.Of("metric", MatchOperator.Equal, "other")], new() { Ignore = true })], PolicySettings.None,
            PresetCatalog.Default));
        Assert.That(rig.Run(600, Fault.Drop), Is.InRange(15, 30));
    }

    // A trouble on the other side is another one, and one that goes less than half as far.
    [TestCase(Fault.Drop)]
    [TestCase(Fault.Shift)]
    public void AnotherFault_IsNoReturn(Fault other)
    {
        var rig = new Rig(15);
        rig.Run(Day + 7_200, null);
        rig.Run(600, Fault.Spike);
        rig.Run(3_600, null);
        var ended = rig.Events[^1];
        rig.Run(600, other);
        Assert.That((ended.EndedReason, rig.Events.Count(e => e.Type == AlertEventType.Opened)), Is.EqualTo((EndedReason.Recovered, 2)));
        Assert.That(rig.Events.Select(e => e.English.Description), Has.None.Contains("The same fault"));
    }

    [Test]
    public void AFaultThatComesAgainAndAgain_IsForTheDetectorsAfterFiveReturns()
    {
        var rig = new Rig(15);
        rig.Run(Day + 7_200, null);
        for (var i = 0; i < 8; i++)
        {
            rig.Run(600, Fault.Shift);
            rig.Run(7_200, null);
        }

        Assert.That(rig.Events.Count(e => e is { Type: AlertEventType.Opened, Severity: AlertSeverity.Critical }), Is.EqualTo(6));
    }

    public enum Fault
    {
        Spike,
        Drop,
        Shift,
    }

    private sealed class Rig(int seconds)
    {
        private PipelineTestDriver _driver = new();
        private readonly Random _random = new(1);

        public List<AlertEvent> Events => _driver.Events;

        public void Adopt(PolicySet policies) => _driver.Pipeline.Adopt(policies);

        public void TakeOver()
        {
            var copy = new PipelineTestDriver { Now = _driver.Now };
            SnapshotBytes.Load(SnapshotBytes.Of(_driver.Pipeline).Bytes, copy.Pipeline);
            _driver = copy;
        }

        // Seconds until an alert that is open is critical; −1 where none is.
        public int Run(int length, Fault? fault)
        {
            var found = -1;
            for (var at = seconds; at <= length; at += seconds)
            {
                var usual = Normal.Sample(_random, 100, 3);
                _driver.Step("m", "x", fault switch { Fault.Spike => 200 + usual, Fault.Drop => 0, Fault.Shift => 40 + usual, _ => usual },
                    seconds);
                if (found < 0 && Events.Count > 0 && Events[^1] is { Severity: AlertSeverity.Critical, EndedReason: null }) found = at;
            }

            return found;
        }
    }
}
