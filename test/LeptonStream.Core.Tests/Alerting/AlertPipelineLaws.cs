using FsCheck;
using FsCheck.Fluent;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Muting;
using LeptonStream.Alerts;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Alerting;

/// <summary>
/// What holds for every story: random events on a few alerts of two models, with restarts and changes of the routes between them.
/// </summary>
public sealed class AlertPipelineLaws
{
    private static readonly TimeSpan GroupInterval = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RepeatInterval = TimeSpan.FromSeconds(100);

    private static readonly ReceiverConfig[] Receivers =
    [
        new("ops", [new("webhook/0", SendResolved: true), new("webhook/1", SendResolved: false)]),
        new("pager", [new("webhook/0", SendResolved: true)]),
    ];

    private static readonly RouteConfig ByModel = new()
    {
        Receiver = "ops",
        GroupBy = ["model"],
        GroupWait = TimeSpan.FromSeconds(5),
        GroupInterval = GroupInterval,
        RepeatInterval = RepeatInterval,
        Routes = [new RouteConfig { Receiver = "pager", Continue = true, GroupBy = [],
        Matchers = [Matcher.Of("severity", MatchOperator.Equal, "critical")] }, new RouteConfig()],
    };

    private static readonly RoutingConfig[] Routings =
    [
        new(ByModel, Receivers),
        new(ByModel with { GroupBy = ["model", "severity"] }, Receivers),
        new(ByModel with { Receiver = "pager", Routes = [] }, Receivers),
    ];

    [Test]
    public void EveryDeliveredFiringAlert_ThatEnds_GetsItsResolve() => Check(script =>
    {
        var story = Play(script, ending: true);
        return story.Sent.Where(sent => IsTold(sent.Channel))
            .SelectMany(sent => sent.Alerts.Select(alert => (sent.Receiver, sent.Channel, alert.Fingerprint, alert.IsResolved)))
            .GroupBy(told => (told.Receiver, told.Channel, told.Fingerprint))
            .All(told => told.Last().IsResolved);
    });

    [Test]
    public void UnchangedContent_IsNotRepeatedBeforeTheRepeatInterval() => Check(script => Pairs(Play(script, ending: false))
        .All(pair => pair.Next.At - pair.Last.At >= RepeatInterval || Content(pair.Last) != Content(pair.Next)));

    [Test]
    public void TwoNotificationsOfOneGroup_AreAGroupIntervalApart() => Check(script => Pairs(Play(script, ending: false))
        .All(pair => pair.Next.At - pair.Last.At >= GroupInterval || pair.Last.Reason == NotifyReason.AllResolved));

    [Test]
    public void ChannelWithoutResolves_IsNeverToldOfOne() =>
        Check(script => Play(script, ending: true).Sent.Where(sent => !IsTold(sent.Channel)).All(sent => !sent.Resolved.Any()));

    [Test]
    public void WhatFires_IsInExactlyItsGroups() => Check(script =>
    {
        var firing = new Dictionary<string, (AlertSeverity Severity, string Model)>();
        var story = Play(script, ending: false, firing);
        var pipeline = new AlertPipeline(new RouteTree(script.Aggregate(Routings[0], (routing, code) => NewRouting(code) ?? routing)));
        var expected = firing.SelectMany(pair => pipeline.TargetsOf(AlertEvents.Opened(pair.Key.Split('/')[1], 0, pair.Value.Severity,
            pair.Value.Model).RoutingLabels).Select(target => $"{target.GroupId} {pair.Key}"));
        var actual = story.Groups.All.SelectMany(group => group.Alerts.Values.Where(alert => !alert.IsResolved).Select(alert =>
            $"{group.Id} {alert.Labels["model"]}/{alert.Labels["metric"]}"));
        return expected.Order(StringComparer.Ordinal).SequenceEqual(actual.Order(StringComparer.Ordinal));
    });

    [Test]
    public void OnAlert_WithOnlyTheMembersItNeeds_DoesTheSame() => Check(script =>
    {
        var pipeline = new AlertPipeline(new RouteTree(Routings[0]));
        var (whole, store) = (new AlertGroups(), new AlertGroups());
        foreach (var (code, index) in script.Select((code, index) => (code, index)))
        {
            if (EventOf(code, index) is not { } alert) continue;
            var now = alert.DetectedAt;
            var targets = pipeline.TargetsOf(alert.RoutingLabels);
            AlertPipeline.OnAlert(whole, alert, targets, now, now);

            var needed = new AlertGroups();
            foreach (var group in store.All.Where(group =>
                targets.Any(target => target.GroupId == group.Id) || group.Alerts.Values.Any(member => member.AlertId == alert.AlertId)))
                needed.Add(Copy(group, member => member.AlertId == alert.AlertId
                    || member.Fingerprint == Fingerprint.Of(alert.RoutingLabels)));
            AlertPipeline.OnAlert(needed, alert, targets, now, now);
            store = Merge(store, needed);

            if (index % 3 == 0 && !pipeline.OnTick(whole, Mutes.None, now).Notifications.Select(NotificationStory.Line)
                .SequenceEqual(pipeline.OnTick(store, Mutes.None, now).Notifications.Select(NotificationStory.Line))) return false;
        }

        return State(whole) == State(store);
    });

    private static void Check(Func<int[], bool> law) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(60), Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), law));

    private static NotificationStory Play(int[] script, bool ending,
        Dictionary<string, (AlertSeverity Severity, string Model)>? firing = null)
    {
        var story = new NotificationStory(Routings[0], step: 1);
        firing ??= [];
        for (var i = 0; i < script.Length; i++)
        {
            var at = 7.0 * (i + 1);
            if (NewRouting(script[i]) is { } routing) story.Restarts(at, routing);
            else if (EventOf(script[i], i) is not { } alert) story.Restarts(at);
            else if (alert.Type == AlertEventType.Resolved)
            {
                story.Resolves(alert.Metric, at, alert.Severity, alert.Model);
                firing.Remove($"{alert.Model}/{alert.Metric}");
            }
            else
            {
                story.Fires(alert.Metric, at, alert.Severity, alert.Model);
                firing[$"{alert.Model}/{alert.Metric}"] = (alert.Severity, alert.Model);
            }
        }

        var end = 7.0 * (script.Length + 1);
        if (!ending) return story.PassTo(end);
        foreach (var (name, (severity, model)) in firing) story.Resolves(name.Split('/')[1], end, severity, model);
        return story.PassTo(end + (3 * GroupInterval.TotalSeconds));
    }

    private static RoutingConfig? NewRouting(int code) => Code(code) % 16 == 0 ? Routings[Code(code) / 16 % Routings.Length] : null;

    // Null is a restart.
    private static AlertEvent? EventOf(int code, int index)
    {
        var bits = Code(code);
        if (bits % 16 <= 1) return null;
        var (at, alert, model) = (7.0 * (index + 1), $"alert{bits / 16 % 3}", bits / 48 % 2 == 0 ? "a" : "b");
        var severity = bits / 96 % 2 == 0 ? AlertSeverity.Warning : AlertSeverity.Critical;
        return bits % 3 == 0 ? AlertEvents.Resolved(alert, at, severity, model) : AlertEvents.Opened(alert, at, severity, model);
    }

    // FsCheck's small integers, spread over all the bits.
    private static uint Code(int code) => unchecked((uint)code * 2654435761u) >> 8;

    private static bool IsTold(string channel) => channel == "webhook/0";

    private static IEnumerable<(Notification Last, Notification Next)> Pairs(NotificationStory story) =>
        story.Sent.Where(sent => IsTold(sent.Channel))
        .GroupBy(sent => (sent.GroupId, sent.Channel)).SelectMany(sent => sent.Zip(sent.Skip(1)));

    private static string Content(Notification sent) =>
        string.Join(' ', sent.Alerts.Select(alert => $"{alert.Fingerprint}{alert.IsResolved}"));

    private static AlertGroupState Copy(AlertGroupState group, Func<GroupedAlert, bool> keep)
    {
        var copy = new AlertGroupState(group.RouteKey, group.Receiver, group.GroupLabels, group.NextFlush) { Notified = group.Notified };
        foreach (var member in group.Alerts.Values.Where(keep)) copy.Alerts.Add(member.Fingerprint, member);
        return copy;
    }

    private static AlertGroups Merge(AlertGroups store, AlertGroups changed)
    {
        var merged = new AlertGroups();
        foreach (var group in store.All.Where(group => !changed.TryGet(group.Id, out _))) merged.Add(Copy(group, _ => true));
        foreach (var group in changed.All)
        {
            var whole = Copy(group, _ => true);
            if (store.TryGet(group.Id, out var old))
                foreach (var member in old.Alerts.Values) whole.Alerts.TryAdd(member.Fingerprint, member);
            merged.Add(whole);
        }

        return merged;
    }

    private static string State(AlertGroups groups) =>
        string.Join('\n', groups.All.OrderBy(group => group.Id, StringComparer.Ordinal).Select(group =>
        $"{group.Key} {group.NextFlush} {AlertingJson.Write(group.Notified)} "
            + $"{string.Join(',', group.Alerts.Values.Order(GroupedAlertOrder.Instance).Select(AlertingJson.Write))}"));
}
