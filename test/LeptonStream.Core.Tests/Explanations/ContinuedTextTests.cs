using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Training;
using LeptonStream.Detectors;
using LeptonStream.Explanations;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Explanations;

/// <summary>An update says how an alert stands now, and claims nothing that was true only when it opened.</summary>
public sealed class ContinuedTextTests
{
    // These measure time up to now: their sentence is as true of an update.
    private static readonly TrainingKind[] OfNow = [TrainingKind.RunDead, TrainingKind.SharedName];

    private static IEnumerable<TrainingKind> Kinds => Enum.GetValues<TrainingKind>().Except(OfNow);

    private static IEnumerable<string> Detectors =>
    [
        .. DetectorCatalog.All.Select(detector => detector.Name), DetectorSet.NonFinite, LostReadings.RuleName,
    ];

    [TestCaseSource(nameof(Kinds))]
    public void Training_AnUpdateDoesNotOpenTheAlertAgain(TrainingKind kind)
    {
        var value = kind == TrainingKind.NonFinite ? double.NaN : 2;
        var (opened, still) = (Texts(kind, AlertChange.Opened, value), Texts(kind, AlertChange.Progressed, value));

        Assert.That(still[0].Summary, Is.Not.EqualTo(opened[0].Summary));
        Assert.That(still[1].Summary, Is.Not.EqualTo(opened[1].Summary));
        Assert.That(still[0].Description, Is.Not.EqualTo(opened[0].Description));
    }

    [TestCase(AlertChange.Opened)]
    [TestCase(AlertChange.Worsened)]
    [TestCase(AlertChange.Progressed)]
    public void Training_AFiniteValueIsCalledFinite(AlertChange change)
    {
        var texts = Texts(TrainingKind.NonFinite, change);

        Assert.That(texts[0].Summary, Does.EndWith("loss is finite again, and the alert closes if that lasts: 2"));
        Assert.That(texts[1].Summary, Does.EndWith("loss 已恢复为有限数值，持续一段时间后告警关闭：2"));
    }

    [TestCase(double.NaN, "loss is NaN", "loss 变为 NaN")]
    [TestCase(double.PositiveInfinity, "loss is infinite", "loss 变为无穷大")]
    [TestCase(double.NegativeInfinity, "loss is negative infinity", "loss 变为负无穷大")]
    public void Training_AValueThatIsNotFiniteIsCalledWhatItIs(double value, string english, string chinese)
    {
        var texts = Texts(TrainingKind.NonFinite, AlertChange.Opened, value);

        Assert.That(texts[0].Summary, Does.EndWith(english));
        Assert.That(texts[1].Summary, Does.EndWith(chinese));
    }

    [TestCaseSource(nameof(Detectors))]
    public void Series_AnUpdateInsideTheBandClaimsNoTrouble(string detector)
    {
        var facts = Facts.Of(value: 50, detector: detector, change: AlertChange.Progressed, halfWidth: 4) with { Leading = null };

        Assert.That(EnglishText.Explain(facts).Summary, Does.Contain("the alert closes if that lasts: 50 ms"));
        Assert.That(ChineseText.Explain(facts).Summary, Does.Contain("持续一段时间后告警关闭：50 ms"));
        Assert.That(Facts.AllTexts(facts), Does.Not.Contain("repeats exactly").And.Not.Contain("完全重复"));
    }

    [TestCase(double.NaN, " is NaN", "变为 NaN")]
    [TestCase(double.PositiveInfinity, " is infinite", "变为无穷大")]
    public void Series_AValueThatIsNotFiniteIsCalledWhatItIs(double value, string english, string chinese)
    {
        var facts = Facts.Of(value: value, detector: DetectorSet.NonFinite);

        Assert.That(EnglishText.Explain(facts).Summary, Does.EndWith(english));
        Assert.That(ChineseText.Explain(facts).Summary, Does.EndWith(chinese));
        Assert.That(EnglishText.Explain(facts with { Change = AlertChange.Progressed }).Summary, Does.Contain(" is still "));
    }

    [Test]
    public void Labels_ThatRepeatAPlaceStayOutOfTheTitle()
    {
        var key = new SeriesKey("fleet", "gpu.xid", LabelSet.Of(("Hostname", "node-7"), ("UUID", "GPU-00002"), ("gpu", "2"),
            ("instance", "127.0.0.1:29401"), ("modelName", "NVIDIA H100 80GB HBM3"), ("pci_bus_id", "00000000:1B:00.0")));
        var facts = Facts.Of("gpu.xid", 79) with { Key = key };

        Assert.That(EnglishText.Explain(facts).Summary, Does.StartWith("gpu.xid of fleet (gpu=2, Hostname=node-7) "));
        Assert.That(ChineseText.Explain(facts).Summary, Does.StartWith("fleet 的 gpu.xid（gpu=2，Hostname=node-7）"));
    }

    [Test]
    public void Labels_LeaveRoomForTheFactHoweverManyThereAre()
    {
        var labels = LabelSet.Of([.. Enumerable.Range(0, 20).Select(i => KeyValuePair.Create($"label_{i}", $"value-{i}")),
            KeyValuePair.Create("pod", "serving-7f9c")]);
        var facts = Facts.Of() with { Key = new("fleet", "ttft_p99_ms", labels) };

        var summary = EnglishText.Explain(facts).Summary;
        Assert.That(summary, Does.Contain("(pod=serving-7f9c, ").And.Contain(", …) is high"));
        Assert.That(summary.IndexOf(") is high", StringComparison.Ordinal), Is.LessThan(100));
    }

    private static Explanation[] Texts(TrainingKind kind, AlertChange change, double value = 2)
    {
        var facts = new FindingFacts(new("llama", "loss", LabelSet.Of(("job", "7"))), new(kind, TrainingRole.Loss, change,
            AlertSeverity.Warning, 2, Facts.Onset + TimeSpan.FromHours(1), 40, Facts.Onset, 10, value, 1, 3), null);
        return [EnglishTrainingText.Explain(facts), ChineseTrainingText.Explain(facts)];
    }
}
