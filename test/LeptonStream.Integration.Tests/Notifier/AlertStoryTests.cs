using System.Text.Json.Nodes;
using Dapper;
using LeptonStream.Alerting.Muting;
using LeptonStream.Alerts;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Config.Explain;
using LeptonStream.Series;
using LeptonStream.Storage;
using LeptonStream.Testing;
using static LeptonStream.Integration.Tests.Notifier.JournalRig;

namespace LeptonStream.Integration.Tests.Notifier;

/// <summary>What the journal says of an alert's way to people, and <c>lepton config explain</c>.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.PostgreSql)]
public sealed class AlertStoryTests(DatabaseKind kind) : JournalFixture(kind)
{
    private string _alert = null!;

    [SetUp]
    public async Task RecordStory()
    {
        var journal = await Rig.Open();
        _alert = AlertEvents.Opened("latency").AlertId;
        await Apply(journal, 0, Record(AlertEvents.Opened("latency"), 0));
        await Flush(journal, 5);
        await AddSilence(from: 30, to: 100);
        await Apply(journal, 40, Record(AlertEvents.Opened("errors", 40), 1));
        await Flush(journal, 65);
        await Flush(journal, 125);
        await Apply(journal, 130, Record(AlertEvents.Resolved("latency", 130), 2));
        await Flush(journal, 185);
    }

    [Test]
    public async Task Read_AlertThatWasSilencedForAWhile_SaysWhoWasNotifiedAndWhoWasNot()
    {
        await using var connection = await Rig.Database.Open();

        var story = await AlertStory.Read(connection, await JournalAlerts.IdOf(connection, _alert[..10]));

        Assert.That(story.Alert.AlertId, Is.EqualTo(_alert));
        Assert.That((story.Alert.Status, story.Alert.Labels!["metric"], Seconds(story.Alert.ResolvedAt)),
            Is.EqualTo(("resolved", "latency", 130)));
        Assert.That(story.Notified.Select(message => $"{Seconds(message.DecidedAt)} {message.Receiver} {message.Channel} "
            + $"{message.AlertStatus}: {message.Reason}, {message.Status}"), Is.EqualTo(new[]
        {
            "5 ops console/0 firing: first notification, pending", "125 ops console/0 firing: new alerts added, pending",
            "185 ops console/0 resolved: some alerts resolved, pending",
        }));
        Assert.That(story.LeftOut.Select(stretch => $"{Seconds(stretch.Since)}-{Seconds(stretch.Until)} {stretch.Receiver}: "
            + $"{stretch.Cause} {string.Join(' ', stretch.By)}"), Is.EqualTo(new[] { "65-125 ops: silence s1" }));
    }

    [Test]
    public async Task IdOf_UnknownOrShortBeginning_IsRefused()
    {
        await using var connection = await Rig.Database.Open();

        Assert.That(() => JournalAlerts.IdOf(connection, "nothing"), Throws.TypeOf<WrongUsageException>());
        Assert.That(() => JournalAlerts.IdOf(connection, ""), Throws.TypeOf<WrongUsageException>().With.Message.Contains("too short"));
    }

    [Test]
    public async Task Explain_InTextAndJson_SaysTheSame()
    {
        var text = await LeptonProcess.Run("config", "explain", _alert, "--storage", Rig.ConnectionString);
        var json = await LeptonProcess.Run("config", "explain", _alert, "--json", "--storage", Rig.ConnectionString);
        var unknown = await LeptonProcess.Run("config", "explain", "nothing", "--storage", Rig.ConnectionString);

        Assert.That(text.ExitCode, Is.Zero, text.Everything);
        Assert.That(text.Output, Does.StartWith($"{_alert}  warning resolved since ").And.Contain("ended 2027-01-15 08:02:10Z (recovered)")
            .And.Contain("first notification")
            .And.Contain("metric=\"latency\" by ann until 2027-01-15 08:01:40Z").And.Contain("Groups that hold it: none"));
        var story = JsonNode.Parse(json.Output)!;
        Assert.That(story["notified"]!.AsArray(), Has.Count.EqualTo(3));
        Assert.That(story["leftOut"]![0]!["by"]![0]!.GetValue<string>(), Is.EqualTo("s1"));
        Assert.That(story["routes"]![0]!["receiver"]!.GetValue<string>(), Is.EqualTo("default"));
        Assert.That(unknown.ExitCode, Is.EqualTo(2));
        Assert.That(unknown.Error, Does.Contain("has an id that begins with 'nothing'"));
    }

    private async Task AddSilence(double from, double to)
    {
        await using var connection = await Rig.Database.Open();
        await connection.ExecuteAsync(
            """
            insert into silence (id, matchers, starts_at, ends_at, created_by, comment, created_at, updated_at)
            values ('s1', @matchers, @from, @to, 'ann', 'known', @from, @from)
            """,
            new
            {
                matchers = MatcherJson.Write([Matcher.Of("metric", MatchOperator.Equal, "latency")]),
                from = AlertEvents.At(from).UnixMilliseconds,
                to = AlertEvents.At(to).UnixMilliseconds,
            });
    }

    private static int? Seconds(DateTimeOffset? time) =>
        time is { } at ? (int)(at.ToUnixTimeMilliseconds() - AlertEvents.Start.UnixMilliseconds) / 1000 : null;
}
