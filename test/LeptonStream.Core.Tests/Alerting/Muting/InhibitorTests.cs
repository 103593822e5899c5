using LeptonStream.Alerting.Muting;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Alerting.Muting;

public sealed class InhibitorTests
{
    private static readonly InhibitRule CriticalOverWarning = new()
    {
        Source = [Matcher.Of("severity", MatchOperator.Equal, "critical")],
        Target = [Matcher.Of("severity", MatchOperator.Equal, "warning")],
        Equal = ["node", "rack"],
    };

    [TestCase("node=1", "node=1", true)]
    [TestCase("node=1", "node=2", false)]
    [TestCase("", "", true, Description = "missing in both counts as equal")]
    [TestCase("node=1", "", false)]
    [TestCase("node=1 rack=2", "node=1 rack=2", true)]
    [TestCase("node=12", "node=1 rack=2", false, Description = "values do not run together")]
    public void InhibitingOf_EqualLabels_MustBeEqual(string source, string target, bool isInhibited)
    {
        var inhibitor = new Inhibitor([CriticalOverWarning]);
        inhibitor.Put("cause", Labels("severity=critical " + source));

        Assert.That(inhibitor.InhibitingOf("other", Labels("severity=warning " + target)), Is.EqualTo(isInhibited ? "cause" : null));
    }

    [Test]
    public void InhibitingOf_AlertsThatMatchBothSides_DoNotInhibitEachOther()
    {
        var inhibitor = new Inhibitor([new()
        {
            Source = [Matcher.Of("team", MatchOperator.Matches, "a|both")],
            Target = [Matcher.Of("team", MatchOperator.Matches, "b|both")],
        }]);
        inhibitor.Put("1", Labels("team=both"));
        Assert.That(inhibitor.InhibitingOf("2", Labels("team=both")), Is.Null);
        Assert.That(inhibitor.InhibitingOf("3", Labels("team=b")), Is.EqualTo("1"), "a target that is no source, by one that is both");

        inhibitor.Put("4", Labels("team=a"));
        Assert.That(inhibitor.InhibitingOf("2", Labels("team=both")), Is.EqualTo("4"), "one that is a source only");
    }

    [Test]
    public void InhibitingOf_TheAlertItselfUnderItsOldLabels_IsNotInhibited()
    {
        var inhibitor = new Inhibitor([CriticalOverWarning]);
        inhibitor.Put("same", Labels("severity=critical"));

        Assert.That(inhibitor.InhibitingOf("same", Labels("severity=warning")), Is.Null);
    }

    [Test]
    public void PutAndRemove_SourceChangesOrEnds_InhibitsNoMore()
    {
        var inhibitor = new Inhibitor([CriticalOverWarning, CriticalOverWarning with { Equal = [] }]);
        inhibitor.Put("b", Labels("severity=critical node=1"));
        inhibitor.Put("a", Labels("severity=critical node=2"));
        Assert.That((inhibitor.InhibitingOf("t", Labels("severity=warning node=3")), inhibitor.Sources), Is.EqualTo(("a", 2)),
            "of several the one with the least id");

        inhibitor.Put("a", Labels("severity=warning node=2"));
        Assert.That((inhibitor.InhibitingOf("t", Labels("severity=warning node=3")), inhibitor.Sources), Is.EqualTo(("b", 1)));

        inhibitor.Remove("b");
        inhibitor.Remove("unknown");
        Assert.That((inhibitor.InhibitingOf("t", Labels("severity=warning node=1")), inhibitor.Sources), Is.EqualTo((default(string), 0)));
    }

    private static LabelSet Labels(string text) => LabelSet.Of(text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=')).Select(pair => KeyValuePair.Create(pair[0], pair[1])));
}
