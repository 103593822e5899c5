using LeptonStream.Alerting;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Alerting;

public sealed class RouteTreeTests
{
    private static readonly ReceiverConfig[] Receivers = [.. new[] { "root", "a", "b", "c" }.Select(name => new ReceiverConfig(name, []))];

    [Test]
    public void Match_NoChildMatches_ReturnsSelf() =>
        Assert.That(Names(Tree(To("a", "team=a")), ("team", "x")), Is.EqualTo(new[] { "root" }));

    [Test]
    public void Match_TwoChildrenMatch_TakesTheFirst() =>
        Assert.That(Names(Tree(To("a", "team=~\".+\""), To("b", "team=x")), ("team", "x")), Is.EqualTo(new[] { "a" }));

    [Test]
    public void Match_Continue_TakesTheNextToo() =>
        Assert.That(Names(Tree(To("a", "team=x") with { Continue = true }, To("b", "team=x"), To("c", "team=x")), ("team", "x")),
            Is.EqualTo(new[] { "a", "b" }));

    [Test]
    public void Match_GrandchildMatches_ReturnsTheDeepest() =>
        Assert.That(Names(Tree(To("a", "team=x") with { Routes = [To("b", "severity=critical")] }), ("team", "x"),
            ("severity", "critical")), Is.EqualTo(new[] { "b" }));

    [Test]
    public void Match_AbsentLabel_EqualsTheEmptyString() =>
        Assert.That(Names(Tree(To("a", "team=\"\"")), ("severity", "critical")), Is.EqualTo(new[] { "a" }));

    [Test]
    public void Match_AllMatchersMustHold_Conjunction() =>
        Assert.That(Names(Tree(To("a", "team=x", "severity!=critical")), ("team", "x"), ("severity", "critical")),
            Is.EqualTo(new[] { "root" }));

    [Test]
    public void Build_ChildWithoutSettings_InheritsAll()
    {
        var tree = new RouteTree(new(
            new RouteConfig
            {
                Receiver = "root",
                GroupBy = ["model"],
                GroupWait = TimeSpan.FromSeconds(1),
                GroupInterval = TimeSpan.FromSeconds(2),
                RepeatInterval = TimeSpan.FromSeconds(3),
                Labels = LabelSet.Of(("owner", "root"), ("site", "lab")),
                Routes = [new RouteConfig { Labels = LabelSet.Of(("owner", "child")) }],
            },
            Receivers));

        var child = tree.Root.Routes.Single();

        Assert.That(
            (child.Receiver.Name, child.GroupBy!.Single(), child.GroupWait.TotalSeconds, child.GroupInterval.TotalSeconds,
                child.RepeatInterval.TotalSeconds),
            Is.EqualTo(("root", "model", 1.0, 2.0, 3.0)));
        Assert.That(child.Labels, Is.EqualTo(LabelSet.Of(("owner", "child"), ("site", "lab"))));
    }

    [Test]
    public void Build_EmptyGroupBy_OverridesTheParent()
    {
        var tree = new RouteTree(new(new RouteConfig { Receiver = "root", GroupBy = [RouteTree.AllLabels], Routes = [new RouteConfig
            { GroupBy = [] }] }, Receivers));
        var labels = LabelSet.Of(("model", "a"), ("metric", "b"));

        Assert.That(tree.Root.GroupLabelsOf(labels), Is.EqualTo(labels));
        Assert.That(tree.Root.Routes.Single().GroupLabelsOf(labels), Is.EqualTo(LabelSet.Empty));
    }

    [Test]
    public void Build_NestedMatchers_KeyIsAlertmanagersRouteKey()
    {
        var tree = Tree(To("a", "team=x", "severity=~\"warning|critical\"") with { Routes = [To("b", "model!=\"a\\\"b\"")] });

        Assert.That(tree.Root.Routes[0].Routes[0].Key, Is.EqualTo("""{}/{severity=~"warning|critical",team="x"}/{model!="a\"b"}"""));
    }

    [Test]
    public void Version_SameConfig_IsEqualAndAnyChangeDiffers()
    {
        var config = new RoutingConfig(new RouteConfig { Receiver = "root", Routes = [To("a", "team=x")] }, Receivers);
        RoutingConfig[] others =
        [
            config with { Route = config.Route with { GroupWait = TimeSpan.FromSeconds(7) } },
            config with { Route = config.Route with { GroupBy = ["model"] } },
            config with { Route = config.Route with { Routes = [To("a", "team=y")] } },
            config with { Route = config.Route with { Routes = [To("b", "team=x")] } },
            config with { Receivers = [.. Receivers.Select(receiver => receiver with { Channels = [new("webhook/0", true)] })] },
        ];

        Assert.That(new RouteTree(config).Version, Is.EqualTo(new RouteTree(config with { }).Version));
        Assert.That(others.Append(config).Select(other => new RouteTree(other).Version), Is.Unique);
    }

    [TestCaseSource(nameof(WrongConfigs))]
    public void Build_WrongConfig_NamesWhatIsWrong(RoutingConfig config, string expected) =>
        Assert.That(() => new RouteTree(config), Throws.ArgumentException.With.Message.Contains(expected));

    private static IEnumerable<TestCaseData> WrongConfigs()
    {
        var root = new RouteConfig { Receiver = "root" };
        yield return new TestCaseData(new RoutingConfig(new RouteConfig(), Receivers),
            "names no receiver").SetArgDisplayNames("no receiver");
        yield return new TestCaseData(new RoutingConfig(root with { Receiver = "nobody" }, Receivers),
            "'nobody' is not defined").SetArgDisplayNames("unknown receiver");
        yield return new TestCaseData(new RoutingConfig(root with { Matchers = [Matcher.Of("a", MatchOperator.Equal, "b")] }, Receivers),
            "must not have matchers").SetArgDisplayNames("root matchers");
        yield return new TestCaseData(new RoutingConfig(root with { Continue = true }, Receivers),
            "continue").SetArgDisplayNames("root continue");
        yield return new TestCaseData(new RoutingConfig(root with { GroupBy = ["...", "a"] }, Receivers),
            "group_by").SetArgDisplayNames("all and more");
        yield return new TestCaseData(new RoutingConfig(root with { GroupInterval = TimeSpan.Zero }, Receivers),
            "group_interval").SetArgDisplayNames("no interval");
        yield return new TestCaseData(new RoutingConfig(root with { RepeatInterval = TimeSpan.Zero }, Receivers),
            "repeat_interval").SetArgDisplayNames("no repeat");
        yield return new TestCaseData(new RoutingConfig(root, [.. Receivers, Receivers[0]]),
            "defined twice").SetArgDisplayNames("double receiver");
    }

    private static RouteTree Tree(params RouteConfig[] routes) =>
        new(new RoutingConfig(new RouteConfig { Receiver = "root", Routes = routes }, Receivers));

    private static RouteConfig To(string receiver, params string[] matchers) => new()
    {
        Receiver = receiver,
        Matchers = [.. matchers.Select(text => Matcher.TryParse(text, out var matcher, out var error)
            ? matcher!
            : throw new ArgumentException(error))],
    };

    private static IEnumerable<string> Names(RouteTree tree, params (string Name, string Value)[] labels) =>
        tree.Match(LabelSet.Of(labels)).Select(route => route.Receiver.Name);
}
