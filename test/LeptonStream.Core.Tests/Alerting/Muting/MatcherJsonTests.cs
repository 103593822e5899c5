using System.Text.Json;
using LeptonStream.Alerting.Muting;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Alerting.Muting;

public sealed class MatcherJsonTests
{
    [Test]
    public void Write_EveryOperator_IsReadBackAsItWas()
    {
        Matcher[] matchers = [.. Enum.GetValues<MatchOperator>().Select(@operator => Matcher.Of("名 \"x\"", @operator, "a\\.b|\"c\""))];

        Assert.That(MatcherJson.Read(MatcherJson.Write(matchers)).Select(matcher => matcher.ToString()),
            Is.EqualTo(matchers.Select(matcher => matcher.ToString())));
    }

    [Test]
    public void Read_WithoutIsEqual_IsEqual() =>
        Assert.That(MatcherJson.Read("""[{"name":"a","value":"b","isRegex":false}]""").Single().ToString(), Is.EqualTo("a=\"b\""));

    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("[null]")]
    [TestCase("""[{"value":"b","isRegex":false}]""")]
    [TestCase("""[{"name":"","value":"b","isRegex":false}]""")]
    [TestCase("""[{"name":"a","isRegex":false}]""")]
    public void Read_NoArrayOfMatchers_IsRefused(string json) =>
        Assert.That(() => MatcherJson.Read(json), Throws.InstanceOf<JsonException>());

    [Test]
    public void Read_InvalidExpression_IsRefused() => Assert.That(
        () => MatcherJson.Read("""[{"name":"a","value":"(","isRegex":true}]"""), Throws.InstanceOf<ArgumentException>());
}
