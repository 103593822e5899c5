using System.IO.Hashing;
using System.Text;
using LeptonStream.Alerting.Muting;
using LeptonStream.Series;

namespace LeptonStream.Alerting;

/// <summary>A hash of everything in a routing that decides who is notified of which alerts, in which groups and when.</summary>
internal static class RoutingVersion
{
    /// <summary>32 hexadecimal digits.</summary>
    public static string Of(IEnumerable<Route> routes, RoutingConfig config)
    {
        var text = new StringBuilder();
        foreach (var route in routes)
        {
            var groupBy = route.GroupBy is null ? RouteTree.AllLabels : string.Join(',', route.GroupBy);
            text.Append(route.Key).Append('|').Append(route.Receiver.Name).Append('|').Append(groupBy).Append('|').Append(route.Continue)
                .Append('|').Append(route.GroupWait.Ticks).Append('|').Append(route.GroupInterval.Ticks).Append('|')
                .Append(route.RepeatInterval.Ticks)
                .Append('|').Append(route.Labels);
            if (route.Digest is { } digest) text.Append("|digest ").Append(digest.Ticks).Append(route.DigestCritical);
            if (route.CriticalWait is { } wait) text.Append("|critical ").Append(wait.Ticks);
            foreach (var interval in route.Schedule.Mute) text.Append("|mute ").Append(Of(interval));
            foreach (var interval in route.Schedule.Active) text.Append("|active ").Append(Of(interval));
            foreach (var step in route.Escalation.SelectMany(step => step.Routes))
                text.Append("|step ").Append(step.Key).Append(' ').Append(step.Receiver.Name);
            text.Append('\n');
        }

        foreach (var receiver in config.Receivers)
        {
            text.Append(receiver.Name);
            foreach (var channel in receiver.Channels) text.Append('|').Append(channel.Key).Append(channel.SendResolved);
            text.Append('\n');
        }

        foreach (var rule in config.InhibitRules)
            text.Append(Of(rule.Source)).Append('|').Append(Of(rule.Target)).Append('|').AppendJoin(',', rule.Equal).Append('\n');
        return Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string Of(IEnumerable<Matcher> matchers) => string.Join(',', matchers);

    private static string Of(TimeInterval interval) => $"{interval.Name}: {string.Join(';', interval.Periods.Select(Of))}";

    private static string Of(TimePeriod period) =>
        $"{Of(period.Minutes)} {Of(period.Weekdays)} {Of(period.DaysOfMonth)} {Of(period.Months)} {Of(period.Years)} {period.Location.Id}";

    private static string Of(IReadOnlyList<ValueRange>? ranges) =>
        ranges is null ? "*" : string.Join(',', ranges.Select(range => $"{range.First}:{range.Last}"));
}
