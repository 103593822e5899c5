using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Detector.Policies;
using LeptonStream.Policies;
using LeptonStream.Series;
using LeptonStream.Simulator;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Detector;

public sealed class PolicyFileTests
{
    [Test]
    public void Parse_WholeFile_BecomesPolicies()
    {
        var policies = Parse(
            """
            presets: [vllm, hf-trainer]
            defaults:
              memory: lean
            rules:
              - matchers: ['model=~"chat.*"', '{canonical="infer.kv_usage", engine!="test"}']
                detectors: [forecast-residual, median-mad, frozen-value]
                detectors_off: [frozen-value]
                warning_budget: 14d
                critical_budget: 1y
                page_budget: 30d
                model_warning_budget: 2h
                line: 1.5
                direction: both
                min_absolute: 0.02
                min_relative: 5e-2
                warm_up: 240
                accept_after: 3d
                memory: default
                type: counter
                limit: {value: -0.5, direction: down, horizon: 90m}
                early_warning: true
                weight_by: vllm:prompt_tokens_total
                runbook_url: https://runbooks.example.org/{metric}?from=alert
              - ignore: true
                matchers:
                  - metric=epoch_of_ours
            """);

        var policy = policies.For(new("chat-70b", "vllm:gpu_cache_usage_perc", LabelSet.Empty));
        Assert.That(policy with { Preset = null }, Is.EqualTo(new SeriesPolicy
        {
            Detectors = DetectorSet.Of(["forecast-residual", "median-mad"]),
            WarningBudget = TimeSpan.FromDays(14),
            CriticalBudget = TimeSpan.FromDays(365),
            PageBudget = TimeSpan.FromDays(30),
            ModelWarningBudget = TimeSpan.FromHours(2),
            Line = 1.5,
            Direction = Direction.Both,
            MinimumAbsoluteDeviation = 0.02,
            MinimumRelativeDeviation = 0.05,
            WarmUp = 240,
            AcceptAfter = TimeSpan.FromDays(3),
            Memory = MemoryPlan.Default,
            Type = MetricType.Counter,
            TypeOrigin = TypeOrigin.Declared,
            Unit = "1/s",
            Bounds = ValueBounds.FromZero,
            Limit = new(-0.5, IsFloor: true, TimeSpan.FromMinutes(90)),
            WeightBy = "vllm:prompt_tokens_total",
            RunbookUrl = "https://runbooks.example.org/{metric}?from=alert",
        }));
        Assert.That(Parse("rules: [{weight_by: none}]").For(new("a", "error_rate", LabelSet.Empty)).WeightBy, Is.Null);
        Assert.That(policies.For(new("a", "epoch_of_ours", LabelSet.Empty)).Ignore, Is.True);
        Assert.That(policies.For(new("a", "loss", LabelSet.Empty)).Memory, Is.EqualTo(MemoryPlan.Lean));
        Assert.That(policies.Presets.Sources, Is.EqualTo(new[] { MetricSource.Vllm, MetricSource.HfTrainer }));
    }

    [TestCase("{}")]
    [TestCase("rules: []")]
    [TestCase("rules:\ndefaults:\npresets:\n")]
    public void Parse_FileThatSaysNothing_IsTheDefault(string yaml) =>
        Assert.That(Parse(yaml).Fingerprint, Is.EqualTo(PolicySet.Default.Fingerprint));

    [Test]
    public void Parse_LimitWithItsValueOnly_GrowsTowardsItWithinFourHours() =>
        Assert.That(Parse("rules: [{limit: {value: 80}}]").For(new("a", "b", LabelSet.Empty)).Limit, Is.EqualTo(MetricLimit.Ceiling(80)));

    [Test]
    public void Parse_ExampleOfTheDocumentation_IsRight()
    {
        var page = File.ReadAllText(Path.Combine(SharedFolder.RepositoryRoot, "docs", "configuration.md"));
        var example = page.Split("```yaml\n").Single(part => part.StartsWith("# detection.yaml", StringComparison.Ordinal)).Split("```")[0];
        Assert.That(Parse(example).Rules, Has.Count.GreaterThan(3));
    }

    [Test]
    public void Parse_ExampleOfTheDriftPage_IgnoresTheDistancesItNames()
    {
        var page = File.ReadAllText(Path.Combine(SharedFolder.RepositoryRoot, "docs", "drift.md"));
        var policies = Parse(page.Split("```yaml\n").Single(part => part.StartsWith("rules:", StringComparison.Ordinal)).Split("```")[0]);
        Assert.That(((string[])["age.drift.js", "age.drift.ks", "age.drift.psi", "age.drift.w1"]).Select(metric =>
            policies.For(new("ranker", metric, LabelSet.Empty)).Ignore), Is.EqualTo((bool[])[true, true, false, false]));
    }

    [TestCase("rulez: []", "f.yaml:1: rulez is unknown; known here are: calendars, defaults, presets, rules")]
    [TestCase("",
        "f.yaml:1: a mapping with the fields 'presets', 'calendars', 'defaults' and 'rules' must stand here, and one document only")]
    [TestCase("rules: [\n", "f.yaml:2: ")]
    [TestCase("presets: [vllm, sgl]",
        "f.yaml:1: presets holds 'sgl', which is unknown; known are: vllm, triton, sglang, dcgm, gpud, hf-trainer, lightning, megatron, "
        + "torchtitan, lepton, tgi")]
    [TestCase("defaults:\n  warm_up: 1", "f.yaml:2: defaults.warm_up is '1': it must be a whole number from 30 to 1000000")]
    [TestCase("defaults: {matchers: [a=b]}", "f.yaml:1: defaults.matchers is unknown; known here are: accept_after, critical_budget, ")]
    [TestCase("rules:\n- warmup: 50", "f.yaml:2: rules[0].warmup is unknown; known here are: accept_after, critical_budget, detectors, ")]
    [TestCase("rules:\n- matchers: [a=b]", "f.yaml:2: rules[0] sets nothing; it can set: ignore, detectors, ")]
    [TestCase("rules:\n- matchers: ['a=b', 'c']\n  ignore: true",
        "f.yaml:2: rules[0].matchers has a wrong entry: 'c' is no matcher: write name=value")]
    [TestCase("rules:\n- matchers: a=b\n  ignore: true", "f.yaml:2: rules[0].matchers must be a list of texts")]
    [TestCase("rules:\n- ignore: yes", "f.yaml:2: rules[0].ignore must be true or false")]
    [TestCase("rules:\n- direction: upwards", "f.yaml:2: rules[0].direction is 'upwards': it must be both, up or down")]
    [TestCase("rules:\n- memory: small", "f.yaml:2: rules[0].memory is 'small': it must be default or lean")]
    [TestCase("rules:\n- type: histogram", "f.yaml:2: rules[0].type is 'histogram': it must be gauge, counter or event-code")]
    [TestCase("rules:\n- detectors: [median-mad, zscore]",
        "f.yaml:2: rules[0].detectors holds 'zscore', which is no detector; there are: forecast-residual, ")]
    [TestCase("rules:\n- detectors_off:\n  - median_mad",
        "f.yaml:3: rules[0].detectors_off holds 'median_mad', which is no detector; there are: forecast-residual, ")]
    [TestCase("rules:\n- warning_budget: 7 days",
        "f.yaml:2: rules[0].warning_budget is no duration: write a duration such as 500ms, 30s, 5m, 4h, 1d or 1h30m")]
    [TestCase("rules:\n- warning_budget: 5m", "f.yaml:2: rules[0].warning_budget is '5m': it must be from 1h to 10y")]
    [TestCase("rules:\n- warning_budget: 7d\n  critical_budget: 1d", "f.yaml:3: rules[0].critical_budget must not be below warning_budget")]
    [TestCase("rules:\n- min_absolute: -1", "f.yaml:2: rules[0].min_absolute is '-1': it must be a finite number, 0 or more")]
    [TestCase("rules:\n- min_relative: nan", "f.yaml:2: rules[0].min_relative is 'nan': it must be a number from 0 to 100")]
    [TestCase("rules:\n- weight_by: [a]", "f.yaml:2: rules[0].weight_by must be a text")]
    [TestCase("rules:\n- limit: 1", "f.yaml:2: rules[0].limit must be a mapping")]
    [TestCase("rules:\n- limit: {horizon: 1h}", "f.yaml:2: rules[0].limit.value is missing")]
    [TestCase("rules:\n- limit: {value: inf}", "f.yaml:2: rules[0].limit.value is 'inf': it must be a finite number")]
    [TestCase("rules:\n- limit: {value: 1, direction: both}", "f.yaml:2: rules[0].limit.direction is 'both': it must be up or down")]
    [TestCase("rules:\n- limit: {value: 1, horizon: 1s}", "f.yaml:2: rules[0].limit.horizon is '1s': it must be from 5m to 90d")]
    [TestCase("rules:\n- runbook_url: runbooks/x",
        "f.yaml:2: rules[0].runbook_url is no address: write one that begins with http:// or https://")]
    public void Parse_WrongFile_NamesFileLineAndFieldAndWhatIsAllowed(string yaml, string error)
    {
        Assert.That(PolicyFile.Parse(yaml, "f.yaml", out var errors), Is.Null);
        Assert.That(errors, Has.Some.StartsWith(error));
    }

    [TestCase("defaults: {detectors: [+ewma, -record]}", "ewma", "record")]
    [TestCase("rules: [{detectors: [+ewma]}, {detectors: [-record, -peers]}]", "ewma", "record")]
    [TestCase("rules: [{detectors_off: [record]}, {detectors: [+ewma]}]", "ewma", "record")]
    public void Parse_DetectorsWithSigns_ChangeTheListThatHolds(string yaml, string on, string off)
    {
        var before = DetectorSet.Default;
        var after = Parse(yaml).For(new("a", "b", LabelSet.Empty)).Detectors;
        Assert.That(after, Is.EqualTo(before.With(DetectorSet.Of([on])).Without(DetectorSet.Of([off]))));
    }

    [TestCase("rules:\n- detectors: [+ewma, record]", "f.yaml:2: rules[0].detectors mixes names with and without a sign")]
    [TestCase("rules:\n- detectors: [+ewma, -ewma]", "f.yaml:2: rules[0].detectors adds and removes 'ewma'")]
    [TestCase("rules:\n- detectors: [+zscore]", "f.yaml:2: rules[0].detectors holds 'zscore', which is no detector")]
    [TestCase("rules:\n- memory: lean\n  detectors: [+ewma]",
        "f.yaml:3: rules[0].detectors asks for ewma, which needs memory: default; lean has room for forecast-residual, ")]
    [TestCase("rules:\n- memory: lean\n  detectors: [median-mad, mean-sigma]",
        "f.yaml:3: rules[0].detectors asks for median-mad, which needs")]
    [TestCase("defaults: {memory: lean}\nrules:\n- detectors: [+ewma]", "f.yaml:3: rules[0].detectors asks for ewma, which needs")]
    [TestCase("rules:\n- detectors: [+ewma]\n- memory: lean", "f.yaml:2: rules[0].detectors asks for ewma, which needs")]
    public void Parse_DetectorsThatCannotBe_AreRefusedWithTheLine(string yaml, string error)
    {
        Assert.That(PolicyFile.Parse(yaml, "f.yaml", out var errors), Is.Null);
        Assert.That(errors, Has.Some.StartsWith(error));
    }

    [TestCase("rules:\n- {memory: lean, matchers: [metric=b]}\n- detectors: [+ewma]")]
    [TestCase("defaults: {memory: lean}\nrules:\n- {memory: default, detectors: [+ewma]}")]
    [TestCase("rules:\n- {memory: lean, detectors: [-record, +peers]}")]
    public void Parse_DetectorsWithRoomForThem_AreSound(string yaml) => Parse(yaml);

    [Test]
    public void Read_BareList_NotesTheRulesThatItTurnsOff()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(
            file, "rules:\n- detectors: [mean-sigma]\n- detectors: [+ewma]\n"
                + "- detectors: [record, non-finite, frozen-value, training, no-progress]\n");

        Assert.That(PolicyFile.Read(file, out _, out var notes), Is.Not.Null);

        Assert.That(notes, Is.EqualTo(new[]
        {
            $"{file}:2: rules[0].detectors replaces the whole list, which turns off frozen-value, non-finite, training, "
                + "no-progress: write +name and -name to change it instead",
        }));
        File.Delete(file);
    }

    [Test]
    public void Parse_SeveralErrors_AreAllTold()
    {
        PolicyFile.Parse("presets: [x]\ndefaults: {memory: y}\nrules:\n- type: z", "f.yaml", out var errors);
        Assert.That(errors.Select(error => error[..8]), Is.EqualTo(new[] { "f.yaml:1", "f.yaml:2", "f.yaml:4" }));
    }

    [Test]
    public void Read_NoSuchFile_SaysSo()
    {
        Assert.That(PolicyFile.Read("/nonexistent/detection.yaml", out var errors), Is.Null);
        Assert.That(errors.Single(), Does.StartWith("/nonexistent/detection.yaml can't be read: "));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Read_TooLargeFile_IsRefusedThroughALinkToo(bool isLink)
    {
        var folder = Directory.CreateTempSubdirectory("lepton-policies-").FullName;
        try
        {
            var file = Path.Combine(folder, "detection.yaml");
            File.WriteAllText(isLink ? Path.Combine(folder, "large") : file, "# " + new string('x', 1024 * 1024));
            if (isLink) File.CreateSymbolicLink(file, "large");
            Assert.That(PolicyFile.Read(file, out var errors), Is.Null);
            Assert.That(errors.Single(), Is.EqualTo($"{file} has 1048578 bytes, 1048576 are allowed"));

            // As a record of the state topic each of its letters is six bytes.
            File.WriteAllText(file, "# " + new string('文', 120_000) + "\nrules: []\n");
            Assert.That(PolicyFile.Read(file, out errors), Is.Null);
            Assert.That(errors.Single(), Does.StartWith($"{file} takes 7200").And.Contain("700000 are allowed"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void Presets_OfTheDemosFleet_KnowAllItsMetrics()
    {
        var names = typeof(MetricNames).GetFields().Select(field => (string)field.GetRawConstantValue()!)
            .Except([MetricNames.Training, MetricNames.Chat, MetricNames.Code, MetricNames.Features, MetricNames.Pool]).ToArray();
        Assert.That(names, Has.Length.GreaterThan(20));
        Assert.That(names.Where(name => PresetCatalog.Default.Find(name, LabelSet.Empty) is null), Is.Empty);
        Assert.That(names.Where(name => PolicySet.Default.For(new("m", name, LabelSet.Empty)).Ignore), Is.Empty);
    }

    private static PolicySet Parse(string yaml)
    {
        var policies = PolicyFile.Parse(yaml, "f.yaml", out var errors);
        Assert.That(errors, Is.Empty);
        return policies!;
    }
}
