using System.Globalization;
using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Testing;
using MathNet.Numerics.Distributions;

namespace LeptonStream.Core.Tests.Detection;

/// <summary>Trouble that people reported, as small series: what must be told of each, and what must not.</summary>
public sealed class TroubleTests
{
    private static readonly string[] Constants =
        ["30-up-goes-to-zero", "30b-half-of-eight-gpus-lost", "30c-ready-replicas-gone", "30d-control-share-of-eight"];

    [TestCaseSource(nameof(Constants))]
    public void AConstantThatChangesForGood_IsToldOnceAndStaysOpen(string name)
    {
        var told = Told(name);
        Assert.That(told.Select(e => e.Type), Is.EqualTo(new[] { AlertEventType.Opened }));
        Assert.That(told[0].Expected, Is.Not.EqualTo(told[0].Value));
    }

    [TestCase(1, 0)]
    [TestCase(0, 1)]
    [TestCase(8, 4)]
    public void AConstantThatChanged_IsHeldAgainstWhatItWas_HoweverLongItLasts(double before, double after)
    {
        var driver = new PipelineTestDriver();
        for (var i = 0; i < 150; i++) driver.Step("m", "ready", before);
        var changed = driver.Now + TimeSpan.FromMinutes(1);
        for (var i = 0; i < 600; i++) driver.Step("m", "ready", after);

        var opened = driver.Events.Single();
        Assert.That((opened.Type, opened.Onset), Is.EqualTo((AlertEventType.Opened, changed)));
        Assert.That(opened.Expected, Is.EqualTo(before).Within(1e-6));
        Assert.That(opened.English.Summary, Does.Contain($" has changed: {after}, expected {before}"));

        for (var i = 0; i < 20; i++) driver.Step("m", "ready", before);
        Assert.That(driver.Events[^1].EndedReason, Is.EqualTo(EndedReason.Recovered));
        Assert.That(driver.Events, Has.Count.EqualTo(2));
    }

    [TestCase(1.0, 0)]
    [TestCase(0.7, 1)]
    public void AShareThatStandsStill_IsFrozenUnlessItIsFull(double end, int frozen)
    {
        var driver = new PipelineTestDriver();
        var random = new Random(5);
        for (var i = 0; i < 900; i++) driver.Step("m", "vllm:kv_cache_usage_perc", 0.7 + Normal.Sample(random, 0, 0.05), 15);
        for (var i = 0; i < 120; i++) driver.Step("m", "vllm:kv_cache_usage_perc", end, 15);

        Assert.That(driver.Events.Count(e => e.Type == AlertEventType.Opened && e.Detectors[0].Name == "frozen-value"), Is.EqualTo(frozen));
    }

    [TestCase("60-autoscaler-replicas")]
    [TestCase("61-disk-rarely-moves")]
    [TestCase("10-dst-traffic")]
    [TestCase("23-interval-60-to-15")]
    [TestCase("25b-nan-first")]
    public void WhatIsUsual_IsQuiet(string name) =>
        Assert.That(Told(name).Select(e => $"{e.English.Summary} by {e.Detectors[0]} at {e.DetectedAt}"), Is.Empty);

    // Six days of noise about a level between values that are missing: the largest of them is a warning, as a budget of a week allows.
    [Test]
    public void ValuesThatAreUsuallyMissing_AreQuietAndTheOthersKeepTheBudget()
    {
        var told = Told("25-quantile-nan-without-traffic").FindAll(e => e.Type == AlertEventType.Opened);
        Assert.That(told, Has.Count.LessThanOrEqualTo(1));
        Assert.That(told.Select(e => (e.Severity, double.IsFinite(e.Value ?? double.NaN))), Is.All.EqualTo((AlertSeverity.Warning, true)));
    }

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

    // The kernel's log says an error once: ten minutes later its code is 0, and the device may be gone for good.
    [TestCase("DCGM_FI_DEV_XID_ERRORS", 79)]
    [TestCase("gpu_sxid", 20009)]
    public void AnErrorThatIsReportedNoMore_IsClosedAndNotRecovered(string metric, int code)
    {
        var driver = new PipelineTestDriver();
        foreach (var value in Enumerable.Repeat(0, 100).Concat(Enumerable.Repeat(code, 40)).Concat(Enumerable.Repeat(0, 60)))
            driver.Step("m", metric, value, 15);

        var ended = driver.Events[^1];
        Assert.That((driver.Events.Count, ended.Type, ended.EndedReason), Is.EqualTo((2, AlertEventType.Resolved, EndedReason.Quiet)));
        Assert.That(ended.English.Summary, Does.Contain("the cause may still be there"));
        Assert.That(ended.Chinese.Summary, Does.Contain("原因可能仍未消除"));
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

    // One request runs for 14 hours, and no token comes. The engine of one developer is idle for hours, and that is usual.
    [Test]
    public void AnEngineThatHangsWithOneRequest_IsOnePage()
    {
        var told = Told("12b-vllm-hang-dev");
        var hangs = told.FindAll(e => e.Detectors[0].Name == "no-progress");
        Assert.That(hangs.Select(e => (e.Type, e.Severity, e.Metric)),
            Is.EqualTo(new[] { (AlertEventType.Opened, AlertSeverity.Critical, "vllm:generation_tokens_total") }));
        Assert.That(hangs[0].DetectedAt - hangs[0].Onset, Is.LessThanOrEqualTo(TimeSpan.FromMinutes(16)));
        Assert.That(hangs[0].English.Summary, Does.Contain("while vllm:num_requests_running is at 1"));
        Assert.That(hangs[0].Chinese.Summary, Does.Contain("vllm:num_requests_running"));
    }

    // The alerts of the first three days are right: nobody knows yet that it comes every day.
    [Test]
    public void AJobThatRunsEveryMorning_IsQuietFromTheFourthDayOn()
    {
        var opened = Told("11-six-am-cron").FindAll(e => e.Type == AlertEventType.Opened);
        Assert.That(opened.Select(e => (int)((e.DetectedAt.UnixSeconds - 1790553600) / 86_400)), Is.EqualTo(new[] { 0, 1, 2 }));
    }

    [Test]
    public void ATotalThatNobodyDeclared_IsQuietAtItsRestarts() =>
        Assert.That(Told("13-total-as-gauge").Select(e => e.English.Summary), Is.Empty);

    [Test]
    public void ALaunchFromZero_IsToldOnceAndNotAgainOnTheFollowingDays()
    {
        var told = Told("18-zero-then-launch");
        Assert.That(told.Count(e => e.Type == AlertEventType.Opened), Is.EqualTo(1));
        Assert.That(told.Where(e => e.DetectedAt - told[0].DetectedAt > TimeSpan.FromHours(1) && e.EndedReason is null)
            .Select(e => e.English.Summary), Is.Empty);
    }

    // A day later noise may cross the line, as on any other day.
    [Test]
    public void ACollectorThatComesBack_IsNoAlert()
    {
        var told = Told("24-collector-outage");
        Assert.That(told.Where(e => e.DetectedAt.UnixSeconds - 1790553600 < 15.25 * 86_400).Select(e => e.English.Summary), Is.Empty);
    }

    [Test]
    public void AStormOfMemoryErrors_IsTold() =>
        Assert.That(Told("36-ecc-storm").Select(e => e.Type), Has.Some.EqualTo(AlertEventType.Opened));

    [Test]
    public void AnEngineThatRestarts_IsNoAlertOfItsRates()
    {
        var rates = Told("12c-vllm-restarts").FindAll(e => e.Metric.EndsWith("_total", StringComparison.Ordinal));
        Assert.That(rates.Select(e => $"{e.Metric} {e.English.Summary}"), Is.Empty);
    }

    [Test]
    public void APodDeletedWhileItsAlertFires_EndsAsGone()
    {
        var driver = new PipelineTestDriver();
        var random = new Random(40);
        for (var i = 0; i < 430 + (2 * 240); i++)
        {
            driver.Now += TimeSpan.FromSeconds(15);
            foreach (var pod in i < 430 ? "ab" : "a")
            {
                var ttft = 180 * (1 + Normal.Sample(random, 0, 0.06)) * (pod == 'b' && i >= 400 ? 9 : 1);
                driver.Send(
                    $$$"""{"model":"chat-7b","ts":"{{{driver.Now}}}","labels":{"pod":"{{{pod}}}"},"""
                        + $$$""" "metrics":{"ttft_p99_ms":{{{ttft:F1}}},"queue_depth":{{{random.Next(4)}}} } }""");
            }
        }

        var slow = driver.Events.FindAll(e => e.Labels["pod"] == "b");
        Assert.That(slow[0].Type, Is.EqualTo(AlertEventType.Opened));
        Assert.That(slow[^1].EndedReason, Is.EqualTo(EndedReason.Gone));
        Assert.That(driver.Events.Except(slow), Is.Empty);
    }

    [Test]
    public void AnAlertThatGoesOn_NamesTheDetectorThatScoresHighestInEachEvent()
    {
        var driver = new PipelineTestDriver();
        var random = new Random(41);
        for (var i = 0; i < 800; i++)
            driver.Step("chat-7b", "ttft_p99_ms", 180 * (1 + Normal.Sample(random, 0, 0.06)) * (i < 600
                ? 1
                : i < 660 ? 1.5 : i < 720 ? 3 : 9), seconds: 15);

        const string Phrase = "Highest-scoring detector: ";
        var named = driver.Events.FindAll(e => e.English.Description.Contains(Phrase, StringComparison.Ordinal));
        Assert.That(named.Where(e => !e.English.Description.Contains(Phrase + e.Detectors[0].Name + '.', StringComparison.Ordinal)),
            Is.Empty);
        Assert.That(named.Select(e => e.Detectors[0].Name).Distinct().Count(), Is.GreaterThan(1), "one that scores higher than the opener");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void ARowOfEightMetrics_IsOneEntityHoweverItIsSent(bool inMessagesOfTheirOwn)
    {
        string[] metrics = ["gpu_busy", "mem_bw", "pcie_rx", "tokens", "batch", "hits", "power_w", "sm_clk"];
        var driver = new PipelineTestDriver();
        var random = new Random(46);
        for (var i = 0; i < 2900; i++)
        {
            driver.Now += TimeSpan.FromSeconds(30);
            var values = metrics.Select(metric => $"\"{metric}\":{50 + Normal.Sample(random, 0, 2) + (i >= 2880 ? 7.2 : 0):F3}").ToArray();
            foreach (var part in inMessagesOfTheirOwn ? values : [string.Join(',', values)])
                driver.Send($$$"""{"model":"m","ts":"{{{driver.Now}}}","labels":{"host":"h1"},"metrics":{ {{{part}}} } }""");
        }

        Assert.That(driver.Events.Where(e => e.Onset < driver.Now - TimeSpan.FromMinutes(11)), Is.Empty, "quiet before the change");
        Assert.That(driver.Events.Select(e => e.Type), Has.Some.EqualTo(AlertEventType.Opened), "a small change of all of them");
    }

    // The name says what it is a share of; nobody sends that here.
    [Test]
    public void AnErrorShareInQuietNights_KeepsItsBudget() =>
        Assert.That(Told("22-error-share-quiet-night").FindAll(e => e.Type == AlertEventType.Opened),
            Has.Count.LessThanOrEqualTo(2));

    [TestCase("requests", "requests")]
    [TestCase("requests_per_s", null)]
    public void AnErrorShareInQuietNights_WithItsDenominator_IsQuiet(string denominator, string? weightBy)
    {
        var policies = weightBy is null
            ? PolicySet.Default
            : new PolicySet([new([], new() { WeightBy = weightBy })], PolicySettings.None, PresetCatalog.Default);
        var requests = 50.0;
        var told = Told("22-error-share-quiet-night", policies, share =>
            (denominator, (requests = RequestsOf(share) ?? requests) / (weightBy is null ? 120 : 1)));
        Assert.That(told.Where(e => e.Metric == "error_ratio").Select(e => e.English.Summary), Is.Empty);
    }

    // One failed request of one is 1, two of forty-nine are 0.0408: the least number that the share can be of. Null where none failed.
    private static double? RequestsOf(double share)
    {
        for (var count = 1; share > 0; count++)
            if (Math.Abs((Math.Round(share * count) / count) - share) < 5.1e-5) return count;
        return null;
    }

    private static List<AlertEvent> Told(string name, PolicySet? policies = null, Func<double, (string Name, double Value)>? more = null)
    {
        var path = Path.Combine(SharedFolder.Require("data/trouble"), name + ".csv");
        var lines = File.ReadAllLines(path);
        var metrics = lines[0].Split(',')[1..];
        var driver = new PipelineTestDriver(policies: policies);
        foreach (var line in lines.Skip(1))
        {
            var cells = line.Split(',');
            driver.Now = LeptonStream.Samples.Timestamp.FromUnixSeconds(long.Parse(cells[0], CultureInfo.InvariantCulture));
            var values = metrics.Select((metric, i) => $"\"{metric}\":{(cells[i + 1] == "NaN" ? "\"NaN\"" : cells[i + 1])}");
            if (more?.Invoke(double.Parse(cells[1], CultureInfo.InvariantCulture)) is var (other, number))
                values = values.Append(string.Create(CultureInfo.InvariantCulture, $"\"{other}\":{number}"));
            driver.Send(Encoding.UTF8.GetBytes(
                $$"""{"model":"m","ts":{{cells[0]}},"labels":{"gpu":"0"},"metrics":{ {{string.Join(',', values)}} } }"""));
        }

        return driver.Events;
    }
}
