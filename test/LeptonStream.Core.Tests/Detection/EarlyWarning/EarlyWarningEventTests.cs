using LeptonStream.Alerts;
using LeptonStream.Detection.Policies;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Detection.EarlyWarning;

public sealed class EarlyWarningEventTests
{
    [Test]
    public void Build_ALeakThatIsMended_IsOneAlertFromTheWarningToItsWithdrawal()
    {
        var events = EarlyWarnings.Leak();
        Assert.That(events.Select(e => e.Type).Distinct(), Is.EqualTo(new[] { AlertEventType.EarlyWarning, AlertEventType.Resolved }));
        Assert.That(events[^1].Type, Is.EqualTo(AlertEventType.Resolved));
        Assert.That(events.Select(e => e.AlertId).Distinct().Count(), Is.EqualTo(1));
        Assert.That(events.Select(e => e.Id), Is.Unique);
        Assert.That(events.Select(e => e.RoutingLabels["alertname"]).Distinct(), Is.EqualTo(new[] { "LeptonStreamEarlyWarning" }));
        Assert.That(events.Select(e => e.Severity).Distinct(), Is.EqualTo(new[] { AlertSeverity.Warning }));

        // 0.58 is left at the onset, 0.4 an hour.
        var warning = events[0];
        var breach = Course.Start + TimeSpan.FromSeconds(97_200 + (0.58 * 9_000));
        Assert.That((warning.EarlyWarning!.ExpectedBreachAt!.Value - breach).Duration(), Is.LessThan(TimeSpan.FromMinutes(5)));
        Assert.That(warning.EarlyWarning.Earliest < breach && breach < warning.EarlyWarning.Latest, Is.True);
        Assert.That((warning.EarlyWarning.Limit, warning.Unit, warning.Detectors.Single().Name), Is.EqualTo((1.0, "1", "early-warning")));
        Assert.That((warning.Onset - Course.Start).TotalSeconds, Is.EqualTo(97_200).Within(300));
        Assert.That(warning.Score, Is.InRange(1, 10));
        Assert.That(warning.Confidence, Is.InRange(0.5, 1));
        Assert.That(events[^1].EarlyWarning, Is.EqualTo(new ExpectedBreach(1, null, null, null)));
    }

    [Test]
    public void Build_TheSameSamples_MakeTheSameEvents()
    {
        var (first, second) = (EarlyWarnings.Leak(), EarlyWarnings.Leak());
        Assert.That(second.Select(AlertEventJson.Write), Is.EqualTo(first.Select(AlertEventJson.Write)));
    }

    [TestCase("disk_free_bytes", true, "Delete or move old checkpoints", "检查点")]
    [TestCase("vllm:kv_cache_usage_perc", false, "Restart one replica", "泄漏")]
    [TestCase("num_requests_waiting", false, "shed load", "限流")]
    [TestCase("DCGM_FI_DEV_GPU_TEMP", false, "power limit", "功率")]
    [TestCase("licences", false, "raise the limit", "提高限值")]
    public void Build_KindOfLimit_SaysWhatToDo(string metric, bool isFloor, string english, string chinese)
    {
        var key = new SeriesKey("m", metric, LabelSet.Empty);
        var settings = new PolicySettings { Limit = new(isFloor ? 0 : 1000, isFloor, TimeSpan.FromHours(4)),
            RunbookUrl = "https://r/{metric}" };
        double Rise(double t) => 300 + Math.Sin(t / 7) + (Math.Max(0, t - 97_200) / 20);
        var warning = EarlyWarnings.Of(key, settings, t => isFloor ? 1000 - Rise(t) : Rise(t), TimeSpan.FromHours(30))[0];
        Assert.That(string.Join(" ", warning.English.Actions), Does.Contain(english));
        Assert.That(string.Join(" ", warning.Chinese.Actions), Does.Contain(chinese));
        Assert.That(warning.English.Summary, Does.Contain(isFloor ? "will fall to its limit of 0" : "will reach its limit of 1,000"));
        Assert.That(warning.Chinese.Summary, Does.Contain(isFloor ? "降至下限" : "达到上限"));
        Assert.That(warning.RunbookUrl, Is.EqualTo($"https://r/{Uri.EscapeDataString(metric)}"));
    }

    [Test]
    public void Build_LimitThatIsReached_SaysSo()
    {
        var key = new SeriesKey("m", "quota", LabelSet.Empty);
        var events = EarlyWarnings.Of(key, new() { Limit = MetricLimit.Ceiling(100) },
            t => Math.Min(100, 30 + Math.Sin(t / 7) + (Math.Max(0, t - 97_200) / 100)) - (t > 111_400 ? 40 : 0), TimeSpan.FromHours(33));
        var reached = events[^2];
        Assert.That((reached.Type, reached.Score, reached.Confidence), Is.EqualTo((AlertEventType.EarlyWarning, 10.0, 1.0)));
        Assert.That(reached.English.Summary, Does.Match("^quota of m has reached its limit of 100: "));
        Assert.That(reached.EarlyWarning!.ExpectedBreachAt, Is.LessThanOrEqualTo(reached.DetectedAt));
        Assert.That(events[^1].English.Summary, Does.Match("^quota of m is away from its limit of 100 again: "));
        Assert.That(events[^1].Type, Is.EqualTo(AlertEventType.Resolved));
    }
}
