using LeptonStream.Alerting;
using LeptonStream.Samples;

namespace LeptonStream.Core.Tests.Alerting;

public sealed class NotifyReasonsTests
{
    private static readonly TimeSpan Repeat = TimeSpan.FromHours(4);

    // Letters are alerts. The log is "firing/resolved", or null for a channel that was never told; the age is that of the log in seconds.
    [TestCase(null, "", "", true, 0, NotifyReason.None)]
    [TestCase(null, "", "a", true, 0, NotifyReason.None, TestName = "Resolved before it was told")]
    [TestCase(null, "a", "", true, 0, NotifyReason.FirstNotification)]
    [TestCase(null, "a", "b", true, 0, NotifyReason.FirstNotification)]
    [TestCase("/", "a", "", true, 0, NotifyReason.FirstNotification)]
    [TestCase("/a", "a", "", true, 0, NotifyReason.FirstNotification, TestName = "Fires again after everything was resolved")]
    [TestCase("/a", "b", "a", true, 0, NotifyReason.FirstNotification)]
    [TestCase("a/", "ab", "", true, 0, NotifyReason.NewAlerts)]
    [TestCase("a/", "b", "a", true, 0, NotifyReason.NewAlerts, TestName = "New alert comes before the resolve of the old one")]
    [TestCase("a/", "b", "", true, 99999, NotifyReason.NewAlerts, TestName = "New alert comes before the repeat")]
    [TestCase("a/", "", "a", true, 0, NotifyReason.AllResolved)]
    [TestCase("a/", "", "a", false, 0, NotifyReason.AllResolved, TestName = "All resolved is decided for a channel without resolves too")]
    [TestCase("a/", "", "", true, 0, NotifyReason.AllResolved)]
    [TestCase("/a", "", "a", true, 99999, NotifyReason.None, TestName = "A told resolve is never repeated")]
    [TestCase("/a", "", "b", true, 0, NotifyReason.None, TestName = "Fired and resolved since the last resolve, unseen")]
    [TestCase("ab/", "a", "b", true, 0, NotifyReason.SomeResolved)]
    [TestCase("ab/", "a", "b", false, 0, NotifyReason.None)]
    [TestCase("ab/", "a", "b", false, 14400, NotifyReason.RepeatInterval)]
    [TestCase("a/b", "a", "b", true, 0, NotifyReason.None, TestName = "A told resolve is not told twice")]
    [TestCase("a/b", "a", "bc", true, 0, NotifyReason.SomeResolved)]
    [TestCase("a/", "a", "", true, 0, NotifyReason.None)]
    [TestCase("ab/", "a", "", true, 0, NotifyReason.None)]
    [TestCase("a/", "a", "", true, 14399, NotifyReason.None)]
    [TestCase("a/", "a", "", true, 14400, NotifyReason.RepeatInterval)]
    [TestCase("a/b", "a", "b", true, 14400, NotifyReason.RepeatInterval)]
    public void Decide_TruthTable_AsAlertmanager(string? log, string firing, string resolved, bool sendResolved, int ageSeconds,
        NotifyReason expected)
    {
        var now = Timestamp.FromUnixSeconds(1_800_000_000);
        var parts = log?.Split('/');
        var last = parts is null
            ? null
            : new NotificationLogEntry([.. Set(parts[0])], [.. Set(parts[1])], now - TimeSpan.FromSeconds(ageSeconds));

        var reason = NotifyReasons.Decide(last, Set(firing), Set(resolved), sendResolved, Repeat, now);

        Assert.That(reason, Is.EqualTo(expected));
    }

    [Test]
    public void TextOf_EveryReason_IsAlertmanagersText() =>
        Assert.That(Enum.GetValues<NotifyReason>().Select(NotifyReasons.TextOf), Is.EqualTo(new[]
    {
        "none", "first notification", "new alerts added", "some alerts resolved", "all alerts resolved", "repeat interval elapsed",
        "action failed", "digest",
    }));

    private static HashSet<Fingerprint> Set(string letters) => [.. letters.Select(letter => new Fingerprint(letter))];
}
