using LeptonStream.Collector.Mapping.Relabeling;
using LeptonStream.Yaml;
using NUnit.Framework;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

/// <summary>The meaning of each action, as Prometheus' documentation has it.</summary>
public sealed class RelabelRuleTests
{
    [TestCase("{source_labels: [a], target_label: d, regex: 'f(.*)', replacement: 'ch${1}-ch$1'}", "a=foo c=baz",
        "a=foo c=baz d=choo-choo")]
    [TestCase("{source_labels: [a, b], target_label: d}", "a=1 b=2", "a=1 b=2 d=1;2")]
    [TestCase("{source_labels: [a, x], separator: '', target_label: d}", "a=1", "a=1 d=1")]
    [TestCase("{source_labels: [a], target_label: d, regex: 'o'}", "a=foo", "a=foo")]
    [TestCase("{source_labels: [a], target_label: a, replacement: ''}", "a=foo b=1", "b=1")]
    [TestCase("{target_label: env, replacement: prod}", "a=1", "a=1 env=prod")]
    [TestCase("{source_labels: [a], regex: '(\\w+)-(?P<n>\\d+)', target_label: 'x_$1', replacement: '${n}$$'}", "a=gpu-7",
        "a=gpu-7 x_gpu=7$")]
    [TestCase("{source_labels: [a], regex: 'f', target_label: b, replacement: '$2'}", "a=f b=1", "a=f")]
    [TestCase("{source_labels: [a], target_label: b, replacement: '$1x'}", "a=f b=1", "a=f")]
    [TestCase("{source_labels: [a], action: keep, regex: 'foo|bar'}", "a=foo", "a=foo")]
    [TestCase("{source_labels: [a], action: keep, regex: 'fo'}", "a=foo", null)]
    [TestCase("{source_labels: [a], action: keep, regex: ''}", "b=1", "b=1")]
    [TestCase("{source_labels: [a], action: drop, regex: '.*o'}", "a=foo", null)]
    [TestCase("{source_labels: [a], action: drop, regex: '.+'}", "b=1", "b=1")]
    [TestCase("{source_labels: [a], action: keepequal, target_label: b}", "a=1 b=1", "a=1 b=1")]
    [TestCase("{source_labels: [a], action: keepequal, target_label: b}", "a=1 b=2", null)]
    [TestCase("{source_labels: [a], action: dropequal, target_label: b}", "a=1 b=1", null)]
    [TestCase("{source_labels: [a], action: dropequal, target_label: b}", "a=1 b=2", "a=1 b=2")]
    [TestCase("{source_labels: [a], target_label: b, regex: '(.).*'}", "a=\ud83d\ude00x", "a=\ud83d\ude00x b=\ufffd")]
    [TestCase("{source_labels: [a], target_label: 'b$1', regex: '.(.*)', replacement: y}", "a=\ud83d\ude00", "a=\ud83d\ude00 b\ufffd=y")]
    [TestCase("{action: labelmap, regex: '__meta_(.*)'}", "__meta_pod=p a=1", "__meta_pod=p a=1 pod=p")]
    [TestCase("{action: labelmap, regex: '(b.*)', replacement: 'bar_$1'}", "b1=x a=1", "a=1 b1=x bar_b1=x")]
    [TestCase("{action: labeldrop, regex: 'a.*'}", "a1=1 b=2 a2=3", "b=2")]
    [TestCase("{action: labelkeep, regex: 'a.*'}", "a1=1 b=2 a2=3", "a1=1 a2=3")]
    [TestCase("{source_labels: [a], action: lowercase, target_label: a}", "a=LLaMA", "a=llama")]
    [TestCase("{source_labels: [a], action: uppercase, target_label: b}", "a=bf16", "a=bf16 b=BF16")]
    [TestCase("{source_labels: [c], action: hashmod, target_label: d, modulus: 1000}", "c=baz", "c=baz d=976")]
    [TestCase("{source_labels: [c], action: hashmod, target_label: d, modulus: 1000}", "c=foo\nbar", "c=foo\nbar d=734")]
    public void Apply_ARule_DoesWhatPrometheusDoes(string rule, string before, string? after)
    {
        var labels = new LabelBag();
        foreach (var pair in before.Split(' ')) labels[pair.Split('=')[0]] = pair.Split('=')[1];
        var stays = Read($"relabel_configs: [{rule}]", out var errors).Apply(labels);
        Assert.That(errors, Is.Empty);
        var pairs = labels.Pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}");
        Assert.That(stays ? string.Join(' ', pairs) : null, Is.EqualTo(after));
    }

    [TestCase("{action: reticulate}", "relabel_configs[0].action is 'reticulate'")]
    [TestCase("{source_labels: [a]}", "relabel_configs[0].target_label is missing: action replace needs it")]
    [TestCase("{source_labels: [a], action: hashmod, target_label: d}", "relabel_configs[0].modulus must be 1 or more")]
    [TestCase("{source_labels: [a], target_label: d, regex: '('}", "relabel_configs[0].regex is no regular expression")]
    [TestCase("{source_labels: [a], target_label: d, regex: '(?=a)a'}", "look-around")]
    [TestCase("{action: labeldrop, regex: a, source_labels: [a]}", "relabel_configs[0].action labeldrop takes a regex alone")]
    [TestCase("{action: keepequal, regex: a, source_labels: [a], target_label: b}", "keepequal takes source_labels and target_label alone")]
    [TestCase("{action: keep, sorce_labels: [a]}", "relabel_configs[0].sorce_labels is unknown")]
    public void Read_ARuleThatPrometheusRefuses_NamesLineAndField(string rule, string error)
    {
        Read($"# first line\nrelabel_configs: [{rule}]", out var errors);
        Assert.That(errors, Has.Some.Contains(error));
        Assert.That(errors, Is.All.StartsWith("collector.yaml:2: "));
    }

    [Test]
    public void Apply_APatternThatWouldBacktrackForEver_EndsAtOnce()
    {
        var labels = new LabelBag { ["a"] = new string('a', 50_000) + "b" };
        var rules = Read("relabel_configs: [{source_labels: [a], regex: '(a+)+', action: keep}]", out _);
        Assert.That(rules.Apply(labels), Is.False);
    }

    private static RelabelRules Read(string yaml, out IReadOnlyList<string> errors)
    {
        var wrong = new YamlErrors("collector.yaml");
        errors = wrong.All;
        var root = YamlSection.Parse(yaml, "'relabel_configs'", wrong)!;
        return RelabelSection.Read(root, "relabel_configs");
    }
}
