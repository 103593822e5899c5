using System.Reflection;
using LeptonStream.Alerting;
using LeptonStream.Detection.Calendars;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Detectors;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Detection.Policies;

public sealed class PolicySetTests
{
    private static readonly PresetCatalog NoPresets = new([]);

    [Test]
    public void For_WithoutRules_IsTheDefaultWithThePresetOfTheMetric()
    {
        Assert.That(PolicySet.Default.For(Key("something_of_ours")), Is.EqualTo(SeriesPolicy.Default));
        var cache = PolicySet.Default.For(Key("vllm:kv_cache_usage_perc"));
        Assert.That((cache.Direction, cache.Limit?.Value, cache.Preset?.Canonical), Is.EqualTo((Direction.Up, 1.0, "infer.kv_usage")));
        Assert.That(PolicySet.Default.For(Key("DCGM_FI_DEV_XID_ERRORS")).Type, Is.EqualTo(MetricType.EventCode));
    }

    [Test]
    public void For_SeveralRulesThatFit_TakesEachSettingFromTheFirstThatHasIt()
    {
        var policies = Rules(
            Rule(new() { WarmUp = 7 }, "model=chat"),
            Rule(new() { WarmUp = 8, Direction = Direction.Down }),
            Rule(new() { WarmUp = 9, Direction = Direction.Up, Memory = MemoryPlan.Lean }));

        var policy = policies.For(Key("loss", "chat"));
        Assert.That((policy.WarmUp, policy.Direction, policy.Memory), Is.EqualTo((7, Direction.Down, MemoryPlan.Lean)));
        Assert.That(policies.For(Key("loss", "code")).WarmUp, Is.EqualTo(8));
    }

    [Test]
    public void For_RulePresetAndDefaults_HoldInThisOrder()
    {
        var policies = new PolicySet(
            [Rule(new() { WarmUp = 50 })], new() { WarmUp = 60, Direction = Direction.Down,
                Memory = MemoryPlan.Lean }, PresetCatalog.Default);

        var loss = policies.For(Key("lm loss"));
        Assert.That((loss.WarmUp, loss.Direction, loss.Memory), Is.EqualTo((50, Direction.Up, MemoryPlan.Lean)));
        Assert.That(policies.For(Key("something_of_ours")).Direction, Is.EqualTo(Direction.Down));
    }

    [TestCase("canonical=infer.kv_usage", true)]
    [TestCase("metric=vllm:gpu_cache_usage_perc", true)]
    [TestCase("metric=~vllm:.*", true)]
    [TestCase("model=chat", true)]
    [TestCase("engine=\"0\"", true)]
    [TestCase("engine!=\"0\"", false)]
    [TestCase("canonical=\"\"", false)]
    [TestCase("gpu=\"\"", true)]
    public void For_MatchersOnModelMetricCanonicalAndLabels_SeeThem(string matcher, bool fits)
    {
        var policies = new PolicySet([Rule(new() { WarmUp = 7 }, matcher)], PolicySettings.None, PresetCatalog.Default);
        var policy = policies.For(new("chat", "vllm:gpu_cache_usage_perc", LabelSet.Of(("engine", "0"))));
        Assert.That(policy.WarmUp, Is.EqualTo(fits ? 7 : 60));
    }

    [Test]
    public void For_ModelLabelOfTheSeries_IsHiddenByTheWatchedModel() =>
        Assert.That(Rules(Rule(new() { WarmUp = 7 }, "model=inner")).For(new("chat", "loss", LabelSet.Of(("model", "inner")))).WarmUp,
            Is.EqualTo(60));

    [Test]
    public void For_EqualPolicies_AreOneObject()
    {
        var policies = Rules(Rule(new() { WarmUp = 7 }, "model=chat"));
        Assert.That(policies.For(Key("a", "chat")), Is.SameAs(policies.For(Key("b", "chat"))));
        Assert.That(policies.For(Key("a", "code")), Is.Not.SameAs(policies.For(Key("a", "chat"))));
        // Parts of a histogram are made anew at each look-up, and are one policy all the same.
        Assert.That(PolicySet.Default.For(Key("vllm:e2e_request_latency_seconds_sum", "a")),
            Is.SameAs(PolicySet.Default.For(Key("vllm:e2e_request_latency_seconds_sum", "b"))));
    }

    [Test]
    public void For_EarlyWarningOff_HasNoLimit()
    {
        var off = new PolicySet([Rule(new() { EarlyWarning = false })], PolicySettings.None, PresetCatalog.Default);
        Assert.That(off.For(Key("vllm:kv_cache_usage_perc")).Limit, Is.Null);
    }

    [Test]
    public void For_CriticalBudgetBelowTheWarningOne_IsRaisedToIt()
    {
        var policy = Rules(Rule(new() { WarningBudget = TimeSpan.FromDays(200) })).For(Key("loss"));
        Assert.That(policy.CriticalBudget, Is.EqualTo(TimeSpan.FromDays(200)));
    }

    [Test]
    public void WithWarningBudget_RulesPresetsAndDefaults_AllHaveIt()
    {
        var week = new PolicySet(
            [Rule(new() { WarningBudget = TimeSpan.FromDays(1), WarmUp = 7 }, "model=chat")],
            new() { WarningBudget = TimeSpan.FromDays(90) }, PresetCatalog.Default).WithWarningBudget(TimeSpan.FromDays(3));
        SeriesPolicy[] all = [week.For(Key("a", "chat")), week.For(Key("a")), week.For(Key("vllm:kv_cache_usage_perc"))];
        Assert.That(all.Select(policy => policy.WarningBudget.TotalDays), Is.All.EqualTo(3));
        Assert.That(all[0].WarmUp, Is.EqualTo(7), "the rest of a rule stays");
    }

    [Test]
    public void For_AddedDetectors_JoinThoseThatWouldHold()
    {
        var (peers, frozen) = (DetectorSet.Of(["peers"]), DetectorSet.Of(["frozen-value"]));
        Assert.That(Rules(Rule(Adds("peers"))).For(Key("loss")).Detectors, Is.EqualTo(DetectorSet.Default.With(peers)));
        Assert.That(Rules(Rule(Only("frozen-value"))).For(Key("loss")).Detectors, Is.EqualTo(frozen));
    }

    // The rule above changes the result of the rule below.
    [TestCase("+peers", "=frozen-value", "frozen-value, peers")]
    [TestCase("=frozen-value", "+peers", "frozen-value")]
    [TestCase("-frozen-value", "=frozen-value +peers", "peers")]
    [TestCase("+frozen-value", "-frozen-value", null)]
    [TestCase("-peers", "+peers", null)]
    [TestCase("+peers -peers", "", null)]
    public void For_ChangesOfSeveralRules_AreMadeFromTheLastRuleToTheFirst(string first, string second, string? expected)
    {
        var set = Rules(Rule(Changes(first)), Rule(Changes(second))).For(Key("loss")).Detectors;
        Assert.That(set.ToString(), Is.EqualTo(expected ?? DetectorSet.Default.ToString()));
    }

    [TestCase("DCGM_FI_DEV_GPU_TEMP", true)]
    [TestCase("DCGM_FI_DEV_GPU_UTIL", false)]
    [TestCase("loss", false)]
    public void For_ByDefault_ComparesGpuTemperaturesWithTheirSiblings(string metric, bool asksPeers) =>
        Assert.That(PolicySet.Default.For(Key(metric)).AsksPeers, Is.EqualTo(asksPeers));

    [Test]
    public void For_ARuleThatTakesAPresetsDetectorAway_LeavesTheOthers()
    {
        var set = new PolicySet([Rule(Changes("-peers -frozen-value"))], PolicySettings.None, PresetCatalog.Default);
        Assert.That(set.For(Key("DCGM_FI_DEV_GPU_TEMP")).Detectors,
            Is.EqualTo(DetectorSet.Default.Without(DetectorSet.Of(["frozen-value"]))));
    }

    [Test]
    public void Fingerprint_OfTheSet_ChangesWithRulesDefaultsAndPresets()
    {
        string[] prints =
        [
            PolicySet.Default.Fingerprint,
            new PolicySet([], PolicySettings.None, NoPresets).Fingerprint,
            new PolicySet([], new() { WarmUp = 5 }, NoPresets).Fingerprint,
            Rules(Rule(new() { WarmUp = 5 })).Fingerprint,
            Rules(Rule(new() { WarmUp = 5 }, "model=chat")).Fingerprint,
            Rules(Rule(new() { Detectors = DetectorChange.Remove(DetectorSet.Of(["frozen-value"])) }, "model=chat")).Fingerprint,
        ];
        Assert.That(prints, Is.Unique);
        Assert.That(prints, Does.Contain(Rules(Rule(new() { WarmUp = 5 }, "model=chat")).Fingerprint));
    }

    [Test]
    public void Or_WhereASettingIsMissing_TakesTheOthers()
    {
        foreach (var property in typeof(PolicySettings).GetProperties().Where(property => property.CanWrite))
        {
            var full = new PolicySettings();
            property.SetValue(full, Different(property, null));
            Assert.That(PolicySettings.None.Or(full), Is.EqualTo(full), property.Name);
            Assert.That(full.Or(PolicySettings.None), Is.EqualTo(full), property.Name);
        }
    }

    [Test]
    public void KeepsStateOf_WhereNumbersMeanSomethingElse_DoesNot()
    {
        var policy = SeriesPolicy.Default;
        Assert.That((policy with { WarmUp = 5, Direction = Direction.Up, Detectors = default,
            Memory = MemoryPlan.Lean }).KeepsStateOf(policy), Is.True);
        Assert.That((policy with { Type = MetricType.Counter }).KeepsStateOf(policy), Is.False);
    }

    [Test]
    public void LevelSet_OfAnUnknownName_NamesThoseThatThereAre() =>
        Assert.That(() => DetectorSet.Of(["mean-sgima"]), Throws.ArgumentException.With.Message
            .Contains("'mean-sgima' is no detector: there are forecast-residual, mean-sigma").And.Message.Contains("non-finite"));

    [Test]
    public void LevelSet_WithoutNonFinite_HasAllDetectors()
    {
        var set = DetectorSet.Default.Without(DetectorSet.Of(["non-finite", "joint-surprise", "isolation-forest", "training",
            "no-progress"]));
        Assert.That((DetectorSet.Default.HasNonFinite, set.HasNonFinite), Is.EqualTo((true, false)));
        Assert.That(set.Names, Is.EqualTo(DetectorCatalog.Default));
    }

    private static PolicySet Rules(params PolicyRule[] rules) => new(rules, PolicySettings.None, NoPresets);

    private static PolicyRule Rule(PolicySettings settings, params string[] matchers) => new([.. matchers.Select(Parse)], settings);

    private static Matcher Parse(string text) =>
        Matcher.TryParse(text, out var matcher, out var error) ? matcher! : throw new ArgumentException(error);

    private static SeriesKey Key(string metric, string model = "chat") => new(model, metric, LabelSet.Empty);

    private static object Different(PropertyInfo property, object? value) =>
        (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) switch
    {
        var t when t == typeof(bool) => value is not true,
        var t when t == typeof(int) => (value as int? ?? 0) + 1,
        var t when t == typeof(double) => (value as double? ?? 0) + 0.125,
        var t when t == typeof(TimeSpan) => (value as TimeSpan? ?? default) + TimeSpan.FromHours(1),
        var t when t == typeof(string) => value + "x",
        var t when t == typeof(DetectorSet) => DetectorSet.Of(["mean-sigma"]),
        var t when t == typeof(DetectorChange) => DetectorChange.Add(DetectorSet.Of(["mean-sigma"])),
        var t when t == typeof(DayCalendar) => new DayCalendar(value + "x", []),
        var t when t == typeof(DayLike) => new DayLike(new(value + "x", []), DayOfWeek.Sunday),
        var t when t == typeof(MetricLimit) => MetricLimit.Floor(3),
        { IsEnum: true } words => Enum.ToObject(words, Convert.ToInt32(value ?? 0, System.Globalization.CultureInfo.InvariantCulture) + 1),
        var other => throw new NotSupportedException(other.Name),
    };

    private static PolicySettings Adds(string name) => new() { Detectors = DetectorChange.Add(DetectorSet.Of([name])) };

    private static PolicySettings Only(string name) => new() { Detectors = DetectorChange.Replace(DetectorSet.Of([name])) };

    // Words such as "=a +b -c".
    private static PolicySettings Changes(string words)
    {
        DetectorChange? change = null;
        foreach (var word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var set = DetectorSet.Of([word[1..]]);
            var next = word[0] switch { '=' => DetectorChange.Replace(set), '+' => DetectorChange.Add(set), _ =>
                DetectorChange.Remove(set) };
            change = next.After(change);
        }

        return new() { Detectors = change };
    }
}
