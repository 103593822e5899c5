namespace LeptonStream.Roles.Tests.Collector.Edge;

/// <summary>No alert of a host outlives the state that knows it: it ends once, whatever becomes of clock and disk.</summary>
[Parallelizable]
public sealed class OpenAlertTests
{
    [TestCase(null)]
    [TestCase("saved")]
    [TestCase("not saved")]
    public void Judge_AfterTheClockWasSetBack_EndsOpenAlertsAndSaysWhy(string? restart)
    {
        using var host = new LiveHost();
        host.Live(LiveHost.Trouble + 30);
        var open = host.Open.Single();
        if (restart == "saved") host.Detector.Save();
        if (restart is not null) host.Restart();

        host.Clock.Ahead = TimeSpan.FromDays(-1);
        host.Live(1);
        Assert.That(host.Ends(open), Is.EqualTo((string[])["superseded"]));
        Assert.That(host.Open, Has.Count.EqualTo(1), "that of the gap");
        var gap = host.Alerts.Single(alert => (string?)alert["metric"] == "state" && (string?)alert["type"] == "opened");
        Assert.That((string?)gap["explanation"]!["en"]!["description"], Does.Contain("the clock of this host was set back by 0.23:59:00"));

        // Judged again, from before the step and from behind it: nothing is said twice.
        host.Restart();
        host.Live(5);
        host.Detector.Save();
        host.Restart();
        host.Live(40);
        Assert.That(host.Ends(open), Has.Count.EqualTo(1));
        Assert.That(host.Open, Is.Empty, "the gap is over");
        Assert.That(host.Alerts.Select(alert => (string?)alert["id"]), Is.Unique);
    }

    // The detector's state is damaged. Where the samples are there still it learns the alert again, and else the alert ends.
    [TestCase(false, false)]
    [TestCase(true, false)]
    [TestCase(true, true)]
    public void Begin_StateThatIsLost_EndsAlertsThatNobodyKnowsAnyMore(bool areSamplesGone, bool areAlertsDelivered)
    {
        using var host = new LiveHost();
        host.Live(LiveHost.Trouble + 30);
        var open = host.Open.Single();
        host.Detector.Save();
        host.Stop();
        File.WriteAllText(Path.Combine(host.Folder, "detector.state"), "nothing");
        if (areSamplesGone) Directory.Delete(Path.Combine(host.Folder, "samples"), recursive: true);
        if (areAlertsDelivered) Directory.Delete(Path.Combine(host.Folder, "alerts"), recursive: true);

        host.Restart();
        host.Live(2);
        if (areSamplesGone)
        {
            Assert.That(host.Ends(open), Is.EqualTo((string[])["superseded"]));
            return;
        }

        Assert.That(host.Ends(open), Is.Empty, "it goes on");
        host.Live(90);
        Assert.That(host.Ends(open), Is.EqualTo((string[])["recovered"]));
        Assert.That(host.Alerts.Select(alert => (string?)alert["metric"]), Has.None.EqualTo("state"));
    }

    [Test]
    public void Trim_AlertsThatAreDelivered_StayUntilAStartKnowsThemOtherwise()
    {
        using var host = new LiveHost();
        host.Live(LiveHost.Trouble + 30);
        Assert.That(host.Detector.AlertsSavedTo, Is.Zero);
        host.Detector.Save();
        Assert.That(host.Detector.AlertsSavedTo, Is.Positive);
        Assert.That(File.ReadLines(Path.Combine(host.Folder, "alerts.open")).Count(), Is.EqualTo(1));
    }
}
