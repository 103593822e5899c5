using System.Globalization;
using LeptonStream.Alerting;
using LeptonStream.Cli.OnCall;
using LeptonStream.Cli.Terminal;
using LeptonStream.Output;
using LeptonStream.Samples;

namespace LeptonStream.Cli.Config.Explain;

/// <summary>An alert's way to people, for people.</summary>
internal static class StoryText
{
    public static void Write(TextWriter output, AlertStory story, IReadOnlyList<Route> routes, IReadOnlyList<string> actions,
        Timestamp now)
    {
        var alert = story.Alert;
        var end = alert.ResolvedAt is { } at ? $", ended {Of(at)} ({alert.EndedReason ?? "recovered"})" : "";
        output.WriteLine(SafeText.OneLine($"{alert.AlertId}  {alert.Severity} {alert.Status} since {Of(alert.Onset)}{end}"));
        output.WriteLine(SafeText.OneLine(alert.Labels is null
            ? $"{alert.Model} {alert.Metric}"
            : string.Join(' ', alert.Labels.Select(label => $"{label.Key}={label.Value}"))));

        Section("Routes, by the settings here", routes, "none can be given: the journal has no labels of it",
            ["receiver", "route", "escalation"], route => [route.Receiver.Name, route.Key, OnCallText.Of(route, now) ?? ""]);
        Section("Groups that hold it", story.Groups, "none",
            ["receiver", "next flush", "group key"], group => [group.Receiver, Of(group.NextFlush), group.GroupKey]);
        Section("Notified", story.Notified, "nobody",
            ["decided", "receiver", "channel", "alert", "reason", "message", "attempts", "error"],
            message => [Of(message.DecidedAt), message.Receiver, message.Channel, message.AlertStatus, message.Reason,
                message.SentAt is { } sent ? $"sent {Of(sent)}" : message.Status,
                message.Attempts.ToString(CultureInfo.InvariantCulture), message.LastError ?? ""]);
        Section("Not notified", story.LeftOut, "nobody was left out",
            ["from", "to", "receiver", "cause", "by"],
            stretch => [Of(stretch.Since), stretch.Until is { } until ? Of(until) : "now", stretch.Receiver, stretch.Cause,
                string.Join(", ", stretch.Names)]);
        if (actions.Count > 0)
            Section("Actions that it may start, by the settings here", actions, "none", ["action"], action => [action]);
        if (story.Actions.Count > 0)
            Section("Actions", story.Actions, "none", ["changed", "policy", "action", "state", "reason"],
                action => [Of(action.ChangedAt), action.Policy, action.Action, action.State, action.Reason ?? ""]);

        void Section<T>(string title, IReadOnlyList<T> items, string none, string[] columns, Func<T, string[]> cells)
        {
            output.WriteLine();
            output.WriteLine(items.Count > 0 ? $"{title}:" : $"{title}: {none}");
            if (items.Count == 0) return;
            var table = new TextTable([.. columns.Select(column => (TextTable.Column)column)]);
            foreach (var item in items) table.Add([.. cells(item).Select(cell => SafeText.OneLine(cell))]);
            output.Write(table);
        }
    }

    private static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
