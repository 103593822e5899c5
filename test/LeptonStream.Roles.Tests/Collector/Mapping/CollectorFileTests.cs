using LeptonStream.Collector.Mapping;
using NUnit.Framework;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

public sealed class CollectorFileTests
{
    [Test]
    public void Parse_AFile_SourcesTakeWhatTheyDoNotSayFromAbove()
    {
        var config = CollectorFile.Parse("""
            model: [team]
            model_fallback: fleet
            labels: {keep: [team, host, gpu], drop: [gpu]}
            presets: [vllm, dcgm]
            limits: {series: 5000}
            sources:
              - name: telegraf
                model: [model]
                labels: {drop: [host]}
            """, "collector.yaml", out var errors);
        Assert.That(errors, Is.Empty);
        var (own, all) = (config!.For("telegraf"), config.For("other"));
        Assert.That((own.Model.Single(), all.Model.Single()), Is.EqualTo(("model", "team")));
        Assert.That((own.Fallback, all.Fallback, config.MaxSeries), Is.EqualTo(("fleet", "fleet", 5000)));
        Assert.That((own.Labels.Stays("host"), own.Labels.Stays("gpu"), own.Labels.Stays("pod")), Is.EqualTo((false, true, false)));
        Assert.That((all.Labels.Stays("host"), all.Labels.Stays("gpu")), Is.EqualTo((true, false)));
        Assert.That(config.Presets.Exporters.Select(exporter => exporter.Name), Is.EqualTo(new[] { "vllm", "dcgm" }));
    }

    [TestCase("modell: [a]", "collector.yaml:1: modell is unknown")]
    [TestCase("model: a", "collector.yaml:1: model must be a list of texts")]
    [TestCase("presets: [vllm, vlm]", "collector.yaml:1: presets holds 'vlm', which is unknown; known are: vllm, sglang")]
    [TestCase("limits:\n  series: 0", "collector.yaml:2: limits.series is '0': it must be a whole number from 1")]
    [TestCase("sources:\n  - model: [a]", "collector.yaml:2: sources[0].name is missing")]
    [TestCase("sources:\n  - name: a\n  - name: a", "collector.yaml:3: sources[1].name 'a' stands here twice")]
    [TestCase("labels: {kep: [a]}", "collector.yaml:1: labels.kep is unknown")]
    [TestCase("sources:\n  - name: a\n    relabel_configs:\n      - {action: keep, regex: '['}",
        "collector.yaml:4: sources[0].relabel_configs[0].regex")]
    public void Parse_SomethingWrong_NamesLineAndField(string yaml, string error)
    {
        Assert.That(CollectorFile.Parse(yaml, "collector.yaml", out var errors), Is.Null);
        Assert.That(errors, Has.Some.StartsWith(error));
    }
}
