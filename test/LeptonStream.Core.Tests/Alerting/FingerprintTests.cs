using LeptonStream.Alerting;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Alerting;

public sealed class FingerprintTests
{
    [Test]
    public void Of_LabelsOfARealAlert_IsWhatAlertmanagerPrints()
    {
        var labels = LabelSet.Of(
            ("alertname", "TokensLow"), ("cluster", "lab"), ("engine", "0"), ("instance", "127.0.0.1:9911"), ("job", "vllm"),
            ("model_name", "llama-70b"), ("severity", "warning"));

        Assert.That(Fingerprint.Of(labels).ToString(), Is.EqualTo("c370190e32f0be00"));
    }

    [Test]
    public void Parse_Text_IsTheInverse() =>
        Assert.That(Fingerprint.Parse(Fingerprint.Of(LabelSet.Empty).ToString()), Is.EqualTo(Fingerprint.Of(LabelSet.Empty)));
}
