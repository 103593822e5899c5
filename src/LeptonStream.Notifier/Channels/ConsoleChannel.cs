using System.Globalization;
using LeptonStream.Alerting;
using LeptonStream.Output;

namespace LeptonStream.Notifier.Channels;

internal sealed record ConsoleSettings(bool SendResolved) : ChannelSettings(SendResolved)
{
    public override INotificationChannel Make(ChannelContext context) => new ConsoleChannel(context.Console);

    public static ConsoleSettings Read(ChannelSection section) => new(section.SendResolved(otherwise: true));
}

/// <summary>The output of the console channel. A program that owns the terminal registers another one before the notifier.</summary>
public sealed record ConsoleOutput(TextWriter Writer);

/// <summary>One readable line for each notification.</summary>
internal sealed class ConsoleChannel(ConsoleOutput output) : INotificationChannel
{
    private const int ShownAlerts = 3;

    public async Task<DeliveryOutcome> Send(string id, Notification notification, CancellationToken cancellation)
    {
        try
        {
            await output.Writer.WriteLineAsync(Line(notification).AsMemory(), cancellation);
            return DeliveryOutcome.Delivered;
        }
        catch (IOException closed)
        {
            return DeliveryOutcome.Refused($"standard output can't be written: {closed.Message}");
        }
    }

    public string Preview(string id, Notification notification) => Line(notification);

    /// <summary>Time, state, severity, what it is about, and why it is sent now.</summary>
    public static string Line(Notification notification)
    {
        var firing = notification.Firing.ToArray();
        var resolved = notification.Resolved.ToArray();
        var closed = resolved.Count(alert => alert.IsClosedUnrecovered);
        var state = string.Join(", ",
            Counts(("FIRING", notification.FiringCount), ("RESOLVED", notification.ResolvedCount - closed), ("CLOSED", closed)));
        var severity = firing.Select(alert => alert.Labels["severity"])
            .FirstOrDefault(severity => severity == "critical") ?? firing.Concat(resolved).First().Labels["severity"];
        var texts = firing.Concat(resolved).Take(ShownAlerts)
            .Select(alert => $"[{ShortId.Of(alert.AlertId)}] {alert.Annotations["summary"] ?? alert.Labels.ToString()}");
        var left = notification.FiringCount + notification.ResolvedCount - ShownAlerts;
        var more = left > 0 ? $"; {left} more" : "";
        var at = notification.At.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return SafeText.OneLine(
            $"{at} {state}{(severity is null ? "" : " " + severity)}: {string.Join("; ", texts)}{more} "
            + $"({NotifyReasons.TextOf(notification.Reason)})");
    }

    private static IEnumerable<string> Counts(params (string State, int Count)[] states)
    {
        var present = states.Where(state => state.Count > 0).ToArray();
        return present is [(var only, 1)] ? [only] : present.Select(state => $"{state.State} {state.Count}");
    }
}
