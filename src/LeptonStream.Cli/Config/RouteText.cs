using LeptonStream.Alerting;
using LeptonStream.Alerting.Muting;
using LeptonStream.Cli.OnCall;
using LeptonStream.Output;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Cli.Config;

/// <summary>The routes of an alert in words.</summary>
internal static class RouteText
{
    public static void Write(TextWriter output, RouteTree routes, LabelSet labels, Timestamp now)
    {
        var matches = routes.Match(labels);
        output.WriteLine(matches.Count == 1 ? "1 route" : $"{matches.Count} routes");
        foreach (var route in matches)
        {
            var channels = route.Receiver.Channels.Select(channel => channel.SendResolved ? channel.Key : $"{channel.Key} (no resolves)")
                .ToArray();
            output.WriteLine();
            output.WriteLine($"route      {route.Key}");
            output.WriteLine(
                $"receiver   {route.Receiver.Name}: "
                + $"{(channels.Length > 0 ? string.Join(", ", channels) : "no channel, alerts are recorded and nobody is notified")}");
            output.WriteLine($"group key  {GroupKey.Of(route.Key, route.GroupLabelsOf(labels))}");
            output.WriteLine(
                $"times      group_wait {Of(route.GroupWait)}, group_interval {Of(route.GroupInterval)}, repeat_interval "
                + $"{Of(route.RepeatInterval)}");
            Intervals("muted in", route.Schedule.Mute);
            Intervals("active in", route.Schedule.Active);
            if (OnCallText.Of(route, now) is { } steps) output.WriteLine($"escalation {steps}");
            if (route.Labels.Count > 0) output.WriteLine($"labels     {route.Labels}");
        }

        void Intervals(string kind, IReadOnlyList<TimeInterval> intervals)
        {
            if (intervals.Count > 0) output.WriteLine($"{kind,-9}  {string.Join(", ", intervals.Select(interval => interval.Name))}");
        }
    }

    private static string Of(TimeSpan time) => ElapsedText.Of(time);
}
