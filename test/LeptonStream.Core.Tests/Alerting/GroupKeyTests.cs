using LeptonStream.Alerting;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Alerting;

public sealed class GroupKeyTests
{
    [TestCase("plain", "\"plain\"")]
    [TestCase("二", "\"二\"")]
    [TestCase("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [TestCase("line\nfeed\ttab", "\"line\\nfeed\\ttab\"")]
    [TestCase("\u0001\u007f", "\"\\x01\\x7f\"")]
    [TestCase("\u200b", "\"\\u200b\"")]
    [TestCase("\U000E0001", "\"\\U000e0001\"")]
    [TestCase("😀", "\"😀\"")]
    public void Of_LabelValue_IsQuotedAsByAlertmanager(string value, string quoted) =>
        Assert.That(GroupKey.Of("{}", LabelSet.Of(("a", "1"), ("b", value))), Is.EqualTo($"{{}}:{{a=\"1\", b={quoted}}}"));

    [Test]
    public void IdOf_SameKeyOtherReceiver_Differs() =>
        Assert.That(GroupKey.IdOf("{}:{}", "a"), Is.Not.EqualTo(GroupKey.IdOf("{}:{}", "b")).And.Length.EqualTo(32));
}
