using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Alerting;

public sealed class EndedTextsTests
{
    private static readonly LabelSet Texts = LabelSet.Of(("summary", "loss is high"), ("description", "Since noon."), ("summary_zh", "loss 偏高"), ("actions", "Look."));

    [Test]
    public void Annotate_Recovered_AddsTheReasonAndLeavesTheTexts() =>
        Assert.That(EndedTexts.Annotate(Texts, EndedReason.Recovered), Is.EqualTo(Texts.With(("ended_reason", "recovered"))));

    [TestCase(EndedReason.Accepted, "accepted", "Closed without recovery: the new level was accepted as normal.")]
    [TestCase(EndedReason.Gone, "gone", "Closed without recovery: the series stopped reporting.")]
    [TestCase(EndedReason.Superseded, "superseded", "Closed without recovery: another alert replaced this one.")]
    [TestCase(EndedReason.Policy, "policy", "Closed without recovery: the detection policy changed.")]
    public void Annotate_NotRecovered_SaysSoFirstInBothLanguages(EndedReason reason, string name, string sentence)
    {
        var annotations = EndedTexts.Annotate(Texts, reason);

        Assert.That(annotations["ended_reason"], Is.EqualTo(name));
        Assert.That(annotations["summary"], Is.EqualTo($"{sentence} loss is high"));
        Assert.That(annotations["description"], Is.EqualTo($"{sentence} Since noon."));
        Assert.That(annotations["summary_zh"], Does.StartWith("未恢复即关闭：").And.EndWith("loss 偏高"));
        Assert.That(annotations["description_zh"], Does.StartWith("未恢复即关闭："), "even where the event has no Chinese text");
        Assert.That(annotations["actions"], Is.EqualTo("Look."));
    }

    [Test]
    public void Annotate_EventWithoutAReason_IsLeftAsItIs() => Assert.That(EndedTexts.Annotate(Texts, null), Is.EqualTo(Texts));
}
