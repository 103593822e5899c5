using System.IO.Hashing;
using System.Text;
using LeptonStream.Alerting;

namespace LeptonStream.Notifier.Direct;

/// <summary>The key of a page that may be sent before the journal knows of it: anybody makes the same one.</summary>
internal static class DirectKey
{
    /// <summary>The key of a notification; null where it is no first page of one critical alert.</summary>
    public static string? Of(Notification notification) =>
        notification is { Reason: NotifyReason.FirstNotification, NotHeld: 0, Alerts: [{ IsUrgent: true } only] }
            ? Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(
                string.Join('\n', "first", notification.Receiver, notification.Channel, only.AlertId))))
            : null;
}
