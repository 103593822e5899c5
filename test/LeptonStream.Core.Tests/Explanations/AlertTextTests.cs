using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Peers;
using LeptonStream.Detection.Policies;
using LeptonStream.Detectors;
using LeptonStream.Explanations;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Explanations;

public sealed class AlertTextTests
{
    [Test]
    public void Opened_SaysFromWhereToWhereAndSinceWhen()
    {
        var facts = Facts.Of(halfWidth: 3);

        var english = EnglishText.Explain(facts);
        Assert.That(english.Summary, Is.EqualTo("ttft_p99_ms of vllm-chat (job=x) is high: 56 ms, expected 50 ms (12% above)"));
        Assert.That(english.Description, Does.StartWith("50 ms → 56 ms since 2026-09-21 14:13:20 UTC. Normal: 47 ms to 53 ms. "));
        var chinese = ChineseText.Explain(facts);
        Assert.That(chinese.Summary, Is.EqualTo("vllm-chat 的 ttft_p99_ms（job=x）偏高：56 ms，预期 50 ms（高 12%）"));
        Assert.That(chinese.Description, Does.Contain("50 ms → 56 ms").And.Contain("正常范围：47 ms 至 53 ms"));
    }

    // An open alert is judged against the past before its onset; the series is older by then.
    [Test]
    public void RecordOfAllTime_NamesTheAgeThatTheRestOfTheTextNames()
    {
        var facts = Facts.Of() with { RecordSpan = new(TimeSpan.FromHours(5.2), IsEver: true), History = TimeSpan.FromHours(6.03) };

        var english = EnglishText.Explain(facts).Description;
        Assert.That(english, Does.Contain("since this series began 6 h 2 min ago").And.Contain("which began only 6 h 2 min ago"));
        Assert.That(ChineseText.Explain(facts).Description,
            Does.Contain("（6 小时 2 分钟）").And.Contain("仅有 6 小时 2 分钟的历史"));
    }

    [Test]
    public void Peers_OfATemperature_SaysDegreesAndOneExpectation()
    {
        var facts = Facts.Of("DCGM_FI_DEV_GPU_TEMP", 89, 62,
            DetectorSet.Peers) with { Peers = new PeerVerdict(20, 89, 62, 7, "gpu", true) };

        var english = EnglishText.Explain(facts);
        Assert.That(english.Summary, Does.EndWith("is 27 °C above its 7 peers by gpu: 89 °C; its peers are at 62 °C"));
        Assert.That(english.Description, Does.Contain("Only this gpu deviates; the other 7 are normal (62 °C)."));
        Assert.That(english.Actions[0], Does.Contain("cooling"));
        Assert.That(ChineseText.Explain(facts).Summary, Does.EndWith("比其余 7 块 GPU 高 27 °C：89 °C（其余约 62 °C）"));
        Assert.That(Facts.AllTexts(facts), Does.Not.Contain("44"));
    }

    [Test]
    public void Corroborated_KeepsItsTextAndSaysWhoAgrees()
    {
        var alone = Facts.Of("num_requests_running", 154, 154.4, "frozen-value");
        var facts = alone with { Change = AlertChange.Worsened,
            Agreeing = ["kv_cache_usage_perc", "num_requests_waiting", "error_rate", "generation_tokens_per_s"] };

        var english = EnglishText.Explain(facts);
        Assert.That(english.Summary, Is.EqualTo(EnglishText.Explain(alone).Summary + "; agrees with 4 other metrics of vllm-chat"));
        Assert.That(english.Description, Does.Contain("kv_cache_usage_perc, num_requests_waiting"));
        Assert.That(ChineseText.Explain(facts).Summary, Does.Contain("停在 154").And.Contain("另有 4 项指标同时异常"));
    }

    [Test]
    public void Updated_NamesTheDetectorThatScoresHighestNow()
    {
        var opened = Facts.Of(detector: "forecast-residual");
        var updated = opened with { Change = AlertChange.Worsened, Leading = "level-shift" };
        var silent = updated with { Leading = null };

        Assert.That(EnglishText.Explain(opened).Description, Does.Contain("Highest-scoring detector: forecast-residual."));
        Assert.That(EnglishText.Explain(updated).Description, Does.Contain("Highest-scoring detector: level-shift."));
        Assert.That(EnglishText.Explain(silent).Description, Does.Contain("Opened by the detector forecast-residual."));
        Assert.That(ChineseText.Explain(updated).Description, Does.Contain("主要依据：").And.Contain("level-shift"));
        Assert.That(ChineseText.Explain(silent).Description, Does.Contain("触发依据：").And.Contain("forecast-residual"));
    }

    [TestCase(AlertChange.Recovered, "is back to normal", "已恢复正常")]
    [TestCase(AlertChange.Accepted, "is still at 89 °C, not recovered", "仍为 89 °C，未恢复")]
    [TestCase(AlertChange.Gone, "has had no data since 2026-09-21 14:15:20 UTC; it did not recover",
        "自 2026-09-21 14:15:20 UTC 起无数据，未见恢复")]
    [TestCase(AlertChange.Superseded, "is closed without recovery", "未恢复即关闭")]
    [TestCase(AlertChange.PolicyChanged, "did not recover", "未见恢复")]
    public void Ended_OnlyARecoveryReadsAsNormal(AlertChange change, string english, string chinese)
    {
        var facts = Facts.Of("DCGM_FI_DEV_GPU_TEMP", 89, 62, change: change, halfWidth: 4);

        Assert.That(EnglishText.Explain(facts).Summary, Does.Contain(english));
        Assert.That(ChineseText.Explain(facts).Summary, Does.Contain(chinese));
        if (change == AlertChange.Recovered) return;
        Assert.That(Facts.AllTexts(facts),
            Does.Not.Contain("back to normal").And.Not.Contain("已恢复").And.Not.Contain("new normal").And.Not.Contain("新常态"));
    }

    [Test]
    public void Recovered_WithAValueOutsideOfItsBand_DoesNotContradictItself()
    {
        var facts = Facts.Of("DCGM_FI_DEV_GPU_UTIL", 99, 85, change: AlertChange.Recovered, halfWidth: 5);

        Assert.That(EnglishText.Explain(facts).Description, Does.Not.Contain("Normal:"));
        Assert.That(ChineseText.Explain(facts).Description, Does.Not.Contain("正常范围"));
    }

    [Test]
    public void Progress_InsideOfTheBand_SaysSoAndClaimsNoDeviation()
    {
        var facts = Facts.Of("error_rate", 0, 0.0001, change: AlertChange.Progressed, halfWidth: 0.01);

        var (english, chinese) = (EnglishText.Explain(facts), ChineseText.Explain(facts));
        Assert.That(english.Summary, Does.EndWith(" is inside its normal range, and the alert closes if that lasts: 0%"));
        Assert.That(english.Description, Does.StartWith("Began 2026-09-21 14:13:20 UTC. Normal: "));
        Assert.That(chinese.Summary, Does.EndWith("目前处于正常范围，持续一段时间后告警关闭：0%"));
        Assert.That(Facts.AllTexts(facts), Does.Not.Contain("not back to normal").And.Not.Contain("尚未恢复").And.Not.Contain("At 0%"));
    }

    [Test]
    public void Progress_AmongPeers_StillComparesWithThePeers()
    {
        var facts = Facts.Of("DCGM_FI_DEV_GPU_TEMP", 63, 62.7, DetectorSet.Peers, AlertChange.Progressed, halfWidth: 3)
            with { Peers = new PeerVerdict(20, 63, 58, 7, "gpu", true) };

        var (english, chinese) = (EnglishText.Explain(facts), ChineseText.Explain(facts));
        Assert.That(english.Summary, Does.EndWith(" is still 5 °C above its 7 peers by gpu: 63 °C; its peers are at 58 °C"));
        Assert.That(english.Description, Does.StartWith(
            "Began 2026-09-21 14:13:20 UTC. Compared with its own past alone it is normal (59.7 °C to 65.7 °C). Only this gpu deviates"));
        Assert.That(chinese.Summary, Does.EndWith("仍比其余 7 块 GPU 高 5 °C：63 °C（其余约 58 °C）"));
        Assert.That(chinese.Description, Does.Contain("仅与自身历史相比并无异常（59.7 °C 至 65.7 °C）。"));
        var over = facts with { Change = AlertChange.Recovered, Peers = null };
        Assert.That(EnglishText.Explain(over).Summary, Does.EndWith(" is like its peers again: 63 °C"));
        Assert.That(ChineseText.Explain(over).Summary, Does.EndWith("与同类已无明显差异，当前 63 °C"));
    }

    [TestCase(AlertChange.Opened, "since 2026-09-21 14:13:20 UTC (training step now: 824). ", "UTC（当前训练步 824）起")]
    [TestCase(AlertChange.Recovered, "Began 2026-09-21 14:13:20 UTC (last training step: 824). ", "UTC（最近训练步 824）。")]
    public void Step_IsThatOfTheSampleAndNotOfTheOnset(AlertChange change, string english, string chinese)
    {
        var facts = Facts.Of(change: change);
        facts = facts with { Sample = new(facts.Sample.Time, facts.Sample.Value, 824) };

        Assert.That(EnglishText.Explain(facts).Description, Does.Contain(english));
        Assert.That(ChineseText.Explain(facts).Description, Does.Contain(chinese));
    }

    [Test]
    public void Code_BackAtZero_IsNoCode()
    {
        var facts = Facts.Of("DCGM_FI_DEV_XID_ERRORS", 0, double.NaN, ErrorCodeTracker.RuleName, AlertChange.Recovered);

        Assert.That(EnglishText.Explain(facts).Summary, Does.EndWith(" is at 0 again: no code is reported any more"));
        Assert.That(ChineseText.Explain(facts).Summary, Does.EndWith("已回到 0，不再上报代码"));
        var before = facts with { Change = AlertChange.Progressed };
        Assert.That(EnglishText.Explain(before).Summary, Does.EndWith(" is at 0 again, and the alert closes if that lasts"));
        Assert.That(ChineseText.Explain(before).Summary, Does.EndWith("已回到 0，持续一段时间后告警关闭"));
    }

    [TestCase(79, "XID 79: the GPU has fallen off the bus", "掉卡", "reboot")]
    [TestCase(92, "XID 92: high rate of single-bit ECC errors", "单比特 ECC", "Watch the ECC counters")]
    [TestCase(94, "XID 94: contained ECC error", "已隔离的 ECC", "reboot")]
    [TestCase(31, "XID 31: GPU memory page fault", "显存缺页", "logs of the program")]
    [TestCase(9999, "XID 9999", "XID 9999", "NVIDIA's XID catalogue")]
    public void Xid_ComesWithItsMeaningAndAdvice(int code, string english, string chinese, string advice)
    {
        var facts = Facts.Of("DCGM_FI_DEV_XID_ERRORS", code, double.NaN, ErrorCodeTracker.RuleName);

        Assert.That(EnglishText.Explain(facts).Summary, Does.Contain(english));
        Assert.That(EnglishText.Explain(facts).Actions, Has.Some.Contains(advice));
        Assert.That(ChineseText.Explain(facts).Summary, Does.Contain(chinese));
    }

    [Test]
    public void Xid_OfARecovery_SaysThatTheCauseMayStand()
    {
        var facts = Facts.Of("DCGM_FI_DEV_XID_ERRORS", 79, double.NaN, ErrorCodeTracker.RuleName, AlertChange.Recovered);

        Assert.That(EnglishText.Explain(facts).Description,
            Does.EndWith("XID codes are reported only when they change. This alert closing does not mean the cause is fixed."));
    }

    [TestCase("generation_tokens_per_s", "forecast-residual", "running and waiting requests")]
    [TestCase("vllm:generation_tokens_total", "forecast-residual", "running and waiting requests")]
    [TestCase("tokens_per_s", "forecast-residual", "slow rank")]
    [TestCase("ttft_p99_ms", "frozen-value", "exporter")]
    [TestCase("kv_cache_usage_perc", "frozen-value", "exporter")]
    [TestCase("DCGM_FI_DEV_GPU_UTIL", "forecast-residual", "job on this GPU")]
    [TestCase("loss", "non-finite", "checkpoint")]
    [TestCase("ttft_p99_ms", "non-finite", "division by zero")]
    [TestCase("our_memory_of_the_error_queue", "forecast-residual", "Look at the chart")]
    public void Advice_IsByDetectorThenByMetricThenGeneral(string metric, string detector, string words) =>
        Assert.That(EnglishText.Explain(Facts.Of(metric, detector: detector)).Actions, Has.Some.Contains(words));

    [Test]
    public void AnyDetectorAndChange_NeverShowsTheSameNumberAsSeenAndExpected([ValueSource(nameof(Detectors))] string detector,
        [Values] AlertChange change)
    {
        var texts = Facts.AllTexts(Facts.Of(value: 154.2, expected: 154.4, detector: detector, change: change, halfWidth: 0.01));

        Assert.That(texts, Does.Not.Contain("154 ms, expected 154 ms").And.Not.Contain("NaN"));
    }

    [Test]
    public void Every_TextOfEveryDetector_IsInBothLanguages([ValueSource(nameof(Detectors))] string detector)
    {
        var facts = Facts.Of(detector: detector);

        Assert.That(EnglishText.Explain(facts).Summary, Does.Not.Match(@"[\u4e00-\u9fff]"));
        Assert.That(ChineseText.Explain(facts).Summary, Does.Match(@"[\u4e00-\u9fff]"));
        Assert.That(ChineseText.Explain(facts).Actions, Has.Count.EqualTo(EnglishText.Explain(facts).Actions.Count));
    }

    private static IEnumerable<string> Detectors() => [.. DetectorCatalog.All.Select(detector => detector.Name), DetectorSet.NonFinite,
        DetectorSet.Peers, ErrorCodeTracker.RuleName, LostReadings.RuleName];
}
