using LeptonStream.Alerting;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Series;

public sealed class MatcherTests
{
    private static readonly LabelSet Labels = LabelSet.Of(("severity", "critical"), ("model", "llama-70b"), ("path", @"C:\name"),
        ("line", "one\ntwo"), ("end", "x\n"), ("my label", "x"), ("名", "值"));

    [TestCase("severity=critical", true)]
    [TestCase("severity = critical", true)]
    [TestCase("severity=\"critical\"", true)]
    [TestCase("severity=Critical", false)]
    [TestCase("severity!=critical", false)]
    [TestCase("severity!=warning", true)]
    [TestCase("severity=~crit.*", true)]
    [TestCase("severity=~crit", false)]
    [TestCase("severity=~rit", false)]
    [TestCase("severity=~\"warning|critical\"", true)]
    [TestCase("severity!~\"warning|info\"", true)]
    [TestCase("severity!~\"c.*\"", false)]
    [TestCase("model=~\"llama-\\d+b\"", true)]
    [TestCase("absent=\"\"", true)]
    [TestCase("absent=", true)]
    [TestCase("absent!=\"\"", false)]
    [TestCase("absent=~\".+\"", false)]
    [TestCase("absent!~\".+\"", true)]
    [TestCase("path=\"C:\\\\name\"", true)]
    [TestCase("line=\"one\\ntwo\"", true)]
    [TestCase("line=~\"one.two\"", true)]
    [TestCase("end=~\"x\"", false)]
    [TestCase("\"my label\"=x", true)]
    [TestCase("\"名\"=\"值\"", true)]
    public void Accepts_Labels_AsAlertmanagerDoes(string text, bool expected)
    {
        Assert.That(Matcher.TryParse(text, out var matcher, out var error), Is.True, error);
        Assert.That(matcher!.Accepts(Labels), Is.EqualTo(expected));
    }

    [TestCase("")]
    [TestCase("severity")]
    [TestCase("=critical")]
    [TestCase("my label=x")]
    [TestCase("severity=\"critical")]
    [TestCase("severity=a b")]
    [TestCase("severity=~\"(\"")]
    [TestCase("severity=~\"(?=a)\"")]
    [TestCase("severity=~\"(a)\\1\"")]
    public void TryParse_NoMatcher_SaysWhatIsWrong(string text)
    {
        Assert.That(Matcher.TryParse(text, out _, out var error), Is.False);
        Assert.That(error, Does.Contain($"'{text}'"));
    }

    [TestCase("severity=critical", "severity=\"critical\"")]
    [TestCase("a.b-c!~\"x|y\"", "a.b-c!~\"x|y\"")]
    [TestCase("\"my label\"=\"a\\\"b\\\\n\\n\"", "\"my label\"=\"a\\\"b\\\\n\\n\"")]
    public void ToString_Matcher_CanBeReadAgain(string text, string written)
    {
        Assert.That(Matcher.TryParse(text, out var matcher, out _), Is.True);
        Assert.That(matcher!.ToString(), Is.EqualTo(written));
        Assert.That(Matcher.TryParse(matcher.ToString(), out var again, out _), Is.True);
        Assert.That((again!.Name, again.Operator, again.Value), Is.EqualTo((matcher.Name, matcher.Operator, matcher.Value)));
    }

    [Test]
    public void Accepts_PatternThatBacktracks_Ends()
    {
        var matcher = Matcher.Of("severity", MatchOperator.Matches, "(a+)+b");
        var accepts = Task.Run(() => matcher.Accepts(LabelSet.Of(("severity", new string('a', 10_000)))));

        // An engine that backtracks would take years.
        Assert.That(accepts.Wait(TimeSpan.FromMinutes(1)), Is.True);
        Assert.That(accepts.Result, Is.False);
    }

    [TestCase("[[:alpha:]]+-[[:digit:]x]", "eu-x", true)]
    [TestCase("[[:alpha:]]+-[[:digit:]x]", "e:-a", false, Description = "not the letters of the name")]
    [TestCase("[^[:space:]]*", "a b", false)]
    [TestCase("[[:word:].-]+", "gpu_7.a-b", true)]
    [TestCase("[:alpha:]", ":", true, Description = "not inside brackets: these letters")]
    [TestCase(@"\[[:alpha:]+", "[a", true, Description = "the bracket before it is escaped, and its own are brackets")]
    public void Accepts_PosixClass_MeansItsCharacters(string pattern, string value, bool accepted) =>
        Assert.That(Matcher.Of("a", MatchOperator.Matches, pattern).Accepts(LabelSet.Of(("a", value))), Is.EqualTo(accepted));

    [TestCase("[[:letter:]]")]
    [TestCase("[[:^alpha:]]")]
    public void Of_UnknownPosixClass_IsRefused(string pattern) =>
        Assert.That(() => Matcher.Of("a", MatchOperator.Matches, pattern), Throws.ArgumentException.With.Message.Contains("is no class"));
}
