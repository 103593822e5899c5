using FsCheck;
using FsCheck.Fluent;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Muting;
using LeptonStream.Alerts;
using LeptonStream.Series;
using LeptonStream.Testing;

namespace LeptonStream.Core.Tests.Alerting;

/// <summary>
/// What a receiver is owed, whatever holds its alerts back or refuses its messages: random events, silences, planned work, inhibition,
/// flapping, mute times and refusals on a few alerts of one group. group_wait 5 s, group_interval 20 s, repeat_interval 100 s.
/// </summary>
public sealed class OwedEndLaws
{
    private static readonly string[] Names = ["a", "b", "c"];

    private static readonly RoutingConfig Routing = new(
        new RouteConfig
        {
            Receiver = "ops",
            GroupBy = ["model"],
            GroupWait = TimeSpan.FromSeconds(5),
            GroupInterval = TimeSpan.FromSeconds(20),
            RepeatInterval = TimeSpan.FromSeconds(100),
            // AlertEvents.Start is a Friday, 08:00 UTC.
            Routes = [new() { Matchers = [Matcher.Of("model", MatchOperator.Matches, ".+")], MuteTimeIntervals = ["minute"] }],
        },
        [new("ops", [new("webhook/0", SendResolved: true)])])
    {
        TimeIntervals = [new("minute", [new() { Minutes = [new(482, 483)] }])],
        Maintenance =
        [
            new()
            {
                Name = "work", Matchers = [Matcher.Of("metric", MatchOperator.Equal, "a")], From = AlertEvents.At(60),
                Until = AlertEvents.At(200),
            },
        ],
        InhibitRules = [new()
        {
            Source = [Matcher.Of("severity", MatchOperator.Equal, "critical")],
            Target = [Matcher.Of("severity", MatchOperator.Equal, "warning")],
            Equal = ["model"],
        }],
    };

    [Test]
    public void Incident_IsOverWhenAndOnlyWhenNothingOfItFires() => Check((codes, ends) =>
    {
        var story = Play(codes, ends, mayRefuse: false);
        var known = new HashSet<Fingerprint>();
        return story.Sent.All(sent =>
        {
            known.UnionWith(sent.Firing.Select(alert => alert.Fingerprint));
            known.ExceptWith(sent.Resolved.Select(alert => alert.Fingerprint));
            return sent.IsOver == (known.Count == 0) && (sent.Reason == NotifyReason.AllResolved) == sent.IsOver
                && sent.Withheld.GetValueOrDefault() == known.Count - sent.FiringCount;
        });
    });

    [Test]
    public void EveryDeliveredFiring_ThatEnds_HasItsEndDelivered([Values] bool mayRefuse) => Check((codes, _) =>
    {
        var story = Play(codes, ends: true, mayRefuse);
        var known = new HashSet<Fingerprint>();
        foreach (var sent in story.Delivered)
        {
            known.UnionWith(sent.Firing.Select(alert => alert.Fingerprint));
            known.ExceptWith(sent.Resolved.Select(alert => alert.Fingerprint));
        }

        return known.Count == 0 && story.Groups.All.Count == 0;
    });

    // Nothing holds back at the end, and a message was delivered since.
    [Test]
    public void WhatFires_IsInWhatItsReceiverHas([Values] bool mayRefuse) => Check((codes, _) =>
    {
        var story = Play(codes, ends: false, mayRefuse);
        var has = story.Delivered.LastOrDefault()?.Firing.Select(alert => alert.Fingerprint).ToHashSet() ?? [];
        var inhibited = story.Groups.All.SelectMany(group => group.Alerts.Values).Any(alert => alert.IsUrgent);
        return story.Groups.All.SelectMany(group => group.Alerts.Values)
            .Where(alert => !alert.IsResolved && (alert.IsCritical || !inhibited)).All(alert => has.Contains(alert.Fingerprint));
    });

    private static void Check(Func<int[], bool, bool> law) => FsCheck.Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(150).WithEndSize(50), Prop.ForAll(ArbMap.Default.ArbFor<int[]>(),
            codes => law(codes, codes.Length % 2 == 0)));

    private static NotificationStory Play(int[] codes, bool ends, bool mayRefuse)
    {
        var story = new NotificationStory(Routing, step: 1);
        var firing = new Dictionary<string, AlertSeverity>();
        var at = 7.0;
        foreach (var code in codes.Select(code => unchecked((uint)code * 2654435761u) >> 8))
        {
            var (name, severity) = (Names[code / 16 % 3], code / 48 % 3 == 0 ? AlertSeverity.Critical : AlertSeverity.Warning);
            switch (code % 8)
            {
                case 0 or 1 or 2:
                    story.Fires(name, at, firing[name] = severity);
                    break;
                case 3 or 4 when firing.Remove(name, out var was):
                    story.Resolves(name, at, was);
                    break;
                case 5:
                    story.PassTo(at - 1).Silences(SilenceOf(name, at, at + 10 + (code / 144 % 90)));
                    break;
                case 6:
                    story.Flaps(name, at);
                    break;
                case 7:
                    story.IsSteady(at).Refuses = mayRefuse && !story.Refuses;
                    break;
                default:
                    story.Restarts(at);
                    break;
            }

            at += 7;
        }

        story.PassTo(at - 1).Refuses = false;
        if (ends)
            foreach (var (name, severity) in firing) story.Resolves(name, at, severity);
        // Silences are over by then, and whoever was refused at length is asked again at the repeat interval.
        return story.IsSteady(at + 1).PassTo(Math.Max(at, 200) + 400);
    }

    private static Silence SilenceOf(string metric, double from, double to) => new()
    {
        Id = $"{metric} {from}",
        Matchers = [Matcher.Of("metric", MatchOperator.Equal, metric)],
        StartsAt = AlertEvents.At(from),
        EndsAt = AlertEvents.At(to),
        CreatedBy = "ann",
        Comment = "known",
    };
}
