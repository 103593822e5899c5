using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Templates;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Notifier.Channels;

/// <summary>
/// The body that Alertmanager posts (its payload version 4), field for field and in its order, so that what receives from Alertmanager
/// receives from here.
/// </summary>
internal static class WebhookPayload
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create(@"\.+*?()|[]{}^$");

    public static byte[] Write(Notification notification, int maxAlerts, Uri externalUrl)
    {
        if (maxAlerts > 0) notification = notification.Bounded(maxAlerts);
        var shown = notification.Alerts;
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("receiver", Quote(notification.Receiver));
            // Whoever closes an incident by it must not do so because the alerts that fire had no room.
            json.WriteString("status", notification.FiringCount > 0 ? "firing" : "resolved");
            json.WriteStartArray("alerts");
            foreach (var alert in shown) WriteAlert(json, alert, externalUrl);
            json.WriteEndArray();
            json.WriteString("notification_reason", NotifyReasons.TextOf(notification.Reason));
            WriteLabels(json, "groupLabels", notification.GroupLabels);
            WriteLabels(json, "commonLabels", NotificationData.Common(shown.Select(alert => alert.Labels)));
            WriteLabels(json, "commonAnnotations", NotificationData.Common(shown.Select(alert => alert.Annotations)));
            WriteLabels(json, "routeLabels", notification.RouteLabels);
            json.WriteString("externalURL", AlertAddress.Base(externalUrl));
            json.WriteString("version", "4");
            json.WriteString("groupKey", notification.GroupKey);
            json.WriteNumber("truncatedAlerts", notification.NotHeld);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteAlert(Utf8JsonWriter json, GroupedAlert alert, Uri externalUrl)
    {
        json.WriteStartObject();
        json.WriteString("status", alert.IsResolved ? "resolved" : "firing");
        WriteLabels(json, "labels", alert.Labels);
        WriteLabels(json, "annotations", alert.Annotations);
        json.WriteString("startsAt", Time(alert.StartsAt));
        json.WriteString("endsAt", alert.EndsAt is { } end ? Time(end) : "0001-01-01T00:00:00Z");
        json.WriteString("generatorURL", AlertAddress.Of(alert, externalUrl));
        json.WriteString("fingerprint", alert.Fingerprint.ToString());
        json.WriteEndObject();
    }

    private static void WriteLabels(Utf8JsonWriter json, string name, LabelSet labels)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in labels) json.WriteString(key, value);
        json.WriteEndObject();
    }

    // RFC 3339 with as many digits of a second as there are.
    private static string Time(Timestamp time) =>
        time.ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    // Alertmanager writes a receiver's name as a regular expression that matches it; so do we, or a name with a dot would differ.
    private static string Quote(string name)
    {
        if (!name.AsSpan().ContainsAny(Escaped)) return name;
        var quoted = new StringBuilder();
        foreach (var letter in name)
        {
            if (Escaped.Contains(letter)) quoted.Append('\\');
            quoted.Append(letter);
        }

        return quoted.ToString();
    }
}
