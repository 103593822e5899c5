using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Detection.Store;
using LeptonStream.Explanations;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Events;

/// <summary>What events say of how long a value was not seen.</summary>
public sealed class RecordSpanInEventsTests
{
    private static readonly SeriesKey Key = new("llama", "latency_ms", LabelSet.Empty);

    [TestCase(3000, "The value is the highest in 8 days. ", "该值创近 8 天新高。")]
    [TestCase(5000, "The value is the highest since this series began 9 days ago. ", "该值创有记录以来（9 天）新高。")]
    [TestCase(60, "The value is the lowest since this series began 9 days ago. ", "该值创有记录以来（9 天）新低。")]
    public void Process_ValueBeyondThoseOfLastWeek_SaysHowLongItWasNotSeen(double value, string english, string chinese)
    {
        var driver = OfTenDays(PolicySettings.None);
        Alarm(driver, value);
        Assert.That(driver.Events[^1].Type, Is.EqualTo(AlertEventType.Opened));
        Assert.That(driver.Events[^1].English.Description, Does.Contain(english));
        Assert.That(driver.Events[^1].Chinese.Description, Does.Contain(chinese));
    }

    [Test]
    public void Process_BackToNormal_SaysSinceWhenAndNotOnlyWhenItWasClosed()
    {
        var driver = OfTenDays(PolicySettings.None);
        Alarm(driver, 3000);
        var normal = driver.Now + TimeSpan.FromMinutes(5);
        Usual(driver, 7);
        var ended = driver.Events[^1];
        Assert.That(ended.EndedReason, Is.EqualTo(EndedReason.Recovered));
        Assert.That(ended.DetectedAt, Is.GreaterThan(normal));
        Assert.That(ended.Annotations["normal_since"], Is.EqualTo(normal.ToString()));
        Assert.That(ended.English.Description, Does.Contain($"It has been normal since {Numbers.Clock(normal)}, 15 min after it began, "));
        Assert.That(ended.Chinese.Description, Does.Contain($"自 {Numbers.Clock(normal)} 起已恢复正常"));
        Assert.That(driver.Events.SkipLast(1).Select(one => one.Annotations["normal_since"]), Is.All.Null);
    }

    [Test]
    public void Process_SoonAfterTheLastOne_SaysNothingOfIt()
    {
        var driver = OfTenDays(PolicySettings.None);
        Alarm(driver, 3000);
        Usual(driver, 7);
        Alarm(driver, 2900);
        Assert.That(driver.Events[^1].Type, Is.EqualTo(AlertEventType.Opened));
        Assert.That(driver.Events[^1].English.Description, Does.Not.Contain("The value is"));
    }

    [Test]
    public void Process_LeanMemory_ClaimsNothing()
    {
        var driver = OfTenDays(new() { Memory = MemoryPlan.Lean });
        Alarm(driver, 5000);
        Assert.That(driver.Events[^1].Type, Is.EqualTo(AlertEventType.Opened));
        Assert.That(driver.Events[^1].English.Description, Does.Not.Contain("The value is"));
    }

    [Test]
    public void Adopt_OtherLevels_KeepsThePast()
    {
        var driver = OfTenDays(PolicySettings.None);
        driver.Pipeline.Adopt(Policies(new() { Detectors = DetectorChange.Remove(DetectorSet.Of(["mean-record", "nearest-shape"])) }));
        Alarm(driver, 5000);
        Assert.That(driver.Events[^1].English.Description, Does.Contain("highest since this series began 9 days ago"));
    }

    [Test]
    public void Load_InTheMiddleOfAnIncident_GoesOnBitEqual()
    {
        var pipeline = new SeriesPipeline(DetectionPolicy.Default, SeriesPolicy.Default);
        var (whole, copy) = (New(), New());
        var time = new PipelineTestDriver().Now;
        for (var i = 0; i < 1000; i++) Judge(whole, i, Value(i));
        for (var i = 1000; i < 1003; i++) Judge(whole, i, 900);
        Assert.That(whole.Alert.Phase, Is.EqualTo(AlertPhase.Open));

        var state = new StateWriter();
        whole.Save(state);
        var reader = new StateReader(state.Written);
        copy.Load(ref reader);
        var copied = new Judgement();
        for (var i = 1003; i < 1300; i++)
        {
            copied = Judge(copy, i, i < 1290 ? Value(i) : 1900);
            Assert.That(Judge(whole, i, i < 1290 ? Value(i) : 1900), Is.EqualTo(copied));
        }

        Assert.That(copy.Memory.Span.SequenceEqual(whole.Memory.Span), Is.True);
        Assert.That(pipeline.RecordSpanBefore(copy, copied), Is.Not.Null.And.EqualTo(pipeline.RecordSpanBefore(whole, copied)));

        SeriesState New() => pipeline.NewSeries(new(7), Key);

        Judgement Judge(SeriesState series, int i, double value)
        {
            pipeline.Judge(series, new(time + TimeSpan.FromMinutes(5 * i), value, Sample.NoStep), out var judgement);
            return judgement;
        }
    }

    [TestCase("new-extreme", 9 * 24, false, " is the highest in 9 days: 512 ms, expected 180 ms (2.84 times)",
        "创近 9 天新高：512 ms，预期 180 ms（2.84 倍）")]
    [TestCase("record", 3, false, " is the highest in 3 hours: 512 ms, expected 180 ms (2.84 times)",
        "创近 3 小时新高：512 ms，预期 180 ms（2.84 倍）")]
    [TestCase("mean-record", 1, true, " is the highest since this series began 1 h 54 min ago: 512 ms, expected 180 ms (2.84 times)",
        "创有记录以来（1 小时 54 分钟）新高：512 ms，预期 180 ms（2.84 倍）")]
    [TestCase("new-extreme", 0, false, " is high: 512 ms, expected 180 ms (2.84 times)", "偏高：512 ms，预期 180 ms（2.84 倍）")]
    [TestCase("mean-record", 0, false, " has moved to another level: 512 ms, expected 180 ms (2.84 times)",
        "已移至另一水平：512 ms，预期 180 ms（2.84 倍）")]
    public void Summary_OfARecord_ClaimsWhatThePastKnows(string detector, int hours, bool isEver, string english, string chinese)
    {
        var story = new AlertFacts(Key, AlertSeverity.Warning, AlertChange.Opened, detector, new(new(0),
            512), 180, 150, 210, new(0), 1.2, "ms",
            hours == 0 ? null : new(TimeSpan.FromHours(hours + 0.9), isEver));
        Assert.That(EnglishText.Explain(story).Summary, Is.EqualTo("latency_ms of llama" + english));
        Assert.That(ChineseText.Explain(story).Summary, Does.EndWith(chinese));
    }

    // A peak of 4000 on the first evening, nothing of note since.
    private static PipelineTestDriver OfTenDays(PolicySettings settings)
    {
        var driver = new PipelineTestDriver(policies: Policies(settings));
        for (var i = 0; i < 2800; i++) driver.Step("llama", "latency_ms", i is > 200 and < 205 ? 4000 : Value(i), seconds: 300);
        driver.Events.Clear();
        return driver;
    }

    private static void Alarm(PipelineTestDriver driver, double value)
    {
        for (var i = 0; i < 3; i++) driver.Step("llama", "latency_ms", value, seconds: 300);
    }

    private static void Usual(PipelineTestDriver driver, int samples)
    {
        for (var i = 0; i < samples; i++) driver.Step("llama", "latency_ms", Value(i), seconds: 300);
    }

    private static double Value(int i) => 200 + (i * 7 % 13);

    private static PolicySet Policies(PolicySettings settings) => new([new([], settings)], PolicySettings.None, PresetCatalog.Default);
}
