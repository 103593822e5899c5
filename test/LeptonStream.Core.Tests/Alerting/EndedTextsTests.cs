using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Alerting;

public sealed class EndedTextsTests
{
    private static readonly LabelSet Texts = LabelSet.Of(("summary", "loss is high"), ("description", "Since noon."),
        ("summary_zh", "loss 偏高"), ("actions", "Look."));

    [TestCase(EndedReason.Recovered, "recovered")]
    [TestCase(EndedReason.Accepted, "accepted")]
    [TestCase(EndedReason.Gone, "gone")]
    [TestCase(EndedReason.Superseded, "superseded")]
    [TestCase(EndedReason.Policy, "policy")]
    public void Annotate_AnEnd_AddsTheReasonAndLeavesTheTexts(EndedReason reason, string name) =>
        Assert.That(EndedTexts.Annotate(Texts, reason), Is.EqualTo(Texts.With(("ended_reason", name))));

    [Test]
    public void Annotate_EventWithoutAReason_IsLeftAsItIs() => Assert.That(EndedTexts.Annotate(Texts, null), Is.EqualTo(Texts));
}
