using LeptonStream.Collector.Mapping;
using LeptonStream.Notifier.Routing;
using LeptonStream.Policies;
using LeptonStream.Yaml;

namespace LeptonStream.Roles.Tests.Yaml;

public sealed class NearestNameTests
{
    private static readonly string[] Known = ["rules", "scrape_configs", "group_wait", "receivers"];

    [TestCase("scrape_config", "scrape_configs")]
    [TestCase("group_wiat", "group_wait")]
    [TestCase("Group-Wait", "group_wait")]
    [TestCase("receiver", "receivers")]
    [TestCase("rulez", "rules")]
    [TestCase("scrape", "scrape_configs")]
    [TestCase("r", null)]
    [TestCase("zzz", null)]
    [TestCase("", null)]
    public void Of_AWrittenName_IsTheOneThatIsMeant(string written, string? near) =>
        Assert.That(NearestName.Of(written, Known), Is.EqualTo(near));

    [Test]
    public void Parse_AMistypedField_IsAskedAfterInEveryKindOfFile()
    {
        RoutingFile.Parse("route: {receiver: a, group_wiat: 1s}\nreceivers: [{name: a}]\n", "f.yaml", out var routing);
        PolicyFile.Parse("rulez: []\n", "f.yaml", out var policies);
        CollectorFile.Parse("scrape_config: []\n", "f.yaml", out var collector);

        Assert.That(routing, Has.Some.EndsWith("(did you mean 'group_wait'?)"));
        Assert.That(policies, Has.Some.EndsWith("(did you mean 'rules'?)"));
        Assert.That(collector, Has.Some.EndsWith("(did you mean 'scrape_configs'?)"));
    }

    [Test]
    public void Parse_ATabInTheIndentation_IsSaidWithItsLine()
    {
        PolicyFile.Parse("rules:\n\t- detectors: [mean-sigma]\n", "f.yaml", out var errors);

        Assert.That(errors, Is.EqualTo(new[] { "f.yaml:2: a tab stands in the indentation, where YAML wants spaces" }));
    }
}
