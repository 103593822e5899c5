using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Detection.Events;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Detection.Events;

public sealed class RoutingLabelsTests
{
    private static readonly string[] Ours = ["alertname", "severity", "model", "metric", "kind"];

    [Test]
    public void RoutingLabels_OfAProducerWhoUsesOurNames_KeepHisUnderExported()
    {
        var theirs = LabelSet.Of(Ours.Select(name => KeyValuePair.Create(name, "their " + name)).Append(new("instance", "gpu-7")));
        var labels = EventFields.RoutingLabels(new("llama", "loss", theirs), "LeptonStreamAnomaly", AlertSeverity.Warning);
        Assert.That(labels, Is.EqualTo(LabelSet.Of(
            ("alertname", "LeptonStreamAnomaly"), ("severity", "warning"), ("model", "llama"), ("metric", "loss"), ("instance", "gpu-7"),
            ("exported_alertname", "their alertname"), ("exported_severity", "their severity"), ("exported_model", "their model"),
            ("exported_metric", "their metric"), ("exported_kind", "their kind"))));
    }

    [Test]
    public void RoutingLabels_WhereTheExportedNameIsTaken_KeepBoth()
    {
        var theirs = LabelSet.Of(("model", "a"), ("exported_model", "b"), ("exported_job", "c"));
        var labels = EventFields.RoutingLabels(new("m", "x", theirs), "A", AlertSeverity.Info);
        Assert.That((labels["model"], labels["exported_model"], labels["exported_exported_model"], labels["exported_job"]),
            Is.EqualTo(("m", "a", "b", "c")));
    }

    [Test]
    public void RoutingLabels_OfATrainingAlert_HaveItsKind()
    {
        var labels = EventFields.RoutingLabels(new("m", "loss", LabelSet.Of(("kind", "sft"))), "A", AlertSeverity.Info, "loss-spike");
        Assert.That((labels["kind"], labels["exported_kind"]), Is.EqualTo(("loss-spike", "sft")));
    }

    [Test]
    public void Fingerprint_OfRandomSeries_IsTheSameForEqualSeriesOnly()
    {
        string[] names = [.. Ours, .. Ours.Select(name => "exported_" + name), .. Ours.Select(name => "exported_exported_" + name),
            "exported_", "instance"];
        string[] values = ["a", "b", "ab", "model", "\"", "é"];
        var random = new Random(20261128);
        var seen = new Dictionary<Fingerprint, SeriesKey>();
        for (var i = 0; i < 100_000; i++)
        {
            var labels = LabelSet.Of(Enumerable.Range(0, random.Next(5)).Select(_ => KeyValuePair.Create(Any(names), Any(values))));
            var key = new SeriesKey(Any(values), Any(values), labels);
            var fingerprint = Fingerprint.Of(EventFields.RoutingLabels(key, "LeptonStreamAnomaly", AlertSeverity.Warning));
            if (!seen.TryAdd(fingerprint, key)) Assert.That(seen[fingerprint], Is.EqualTo(key));
        }

        Assert.That(seen, Has.Count.GreaterThan(10_000));
        string Any(string[] from) => from[random.Next(from.Length)];
    }
}
