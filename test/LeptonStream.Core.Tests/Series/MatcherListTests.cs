using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Series;

/// <summary>Alertmanager's two grammars of matchers; each case was held against amtool 0.34.</summary>
public sealed class MatcherListTests
{
    [TestCase("", "")]
    [TestCase("{}", "")]
    [TestCase("a=b", "a=\"b\"")]
    [TestCase("a=", "a=\"\"", Description = "an empty value need not be quoted")]
    [TestCase("{a=b", "a=\"b\"", Description = "a brace may be alone")]
    [TestCase(" { a = b , }", "a=\"b\"")]
    [TestCase("a=b c, d!=\"e, f\"", "a=\"b c\" d!=\"e, f\"")]
    [TestCase("a=~\"x|y\",b!~z", "a=~\"x|y\" b!~\"z\"")]
    [TestCase("a=\"\\t\\\"\\\\\\n\"", "a=\"\\\\t\\\"\\\\\\n\"", Description = "the classic grammar knows three escapes")]
    [TestCase("a.b=c", "a.b=\"c\"")]
    [TestCase("\"a b\"=c", "\"a b\"=\"c\"")]
    [TestCase("名=值", "名=\"值\"")]
    [TestCase("{\"a\\u540d\\x41\\101\\t\"=\"\\U0001F600\"}", "\"a名AA\t\"=\"😀\"")]
    [TestCase("a-b=c,d=\"\"", "a-b=\"c\" d=\"\"")]
    public void TryRead_WhatAlertmanagerTakes_IsTaken(string text, string expected)
    {
        Assert.That(MatcherList.TryRead(text, out var matchers, out var error), Is.True, error);
        Assert.That(string.Join(' ', matchers), Is.EqualTo(expected));
    }

    [TestCase("a")]
    [TestCase("=b")]
    [TestCase("a=b,,c=d")]
    [TestCase(", ")]
    [TestCase("a=\"b")]
    [TestCase("a=b\"c")]
    [TestCase("a=\"b\"c\"")]
    [TestCase("a.b=")]
    [TestCase("\"a b\"=c d")]
    [TestCase("{\"a b\"=c")]
    [TestCase("\"a b\"=c}")]
    [TestCase("\"\"=c", Description = "amtool takes this one; no alert has such a label")]
    [TestCase("\"a\\xff\"=c", Description = "no UTF-8")]
    [TestCase("\"a\\q\"=c")]
    [TestCase("\"a\\u12\"=c")]
    [TestCase("\"a\\ud800\"=c")]
    [TestCase("a=~\"(\"")]
    public void TryRead_NoMatchers_IsRefusedWithAReason(string text)
    {
        Assert.That(MatcherList.TryRead(text, out var matchers, out var error), Is.False);
        Assert.That(matchers, Is.Empty);
        Assert.That(error, Does.Contain("is no matcher: write name=value").Or.Contain("the regular expression is invalid"));
    }
}
