using System.Security.Cryptography;
using System.Text;
using LeptonStream.Alerting;

namespace LeptonStream.Notifier.Channels.Messages;

/// <summary>The name under which a receiver knows a group of alerts: Alertmanager's, so that both may be moved between.</summary>
internal static class GroupHash
{
    /// <summary>SHA-256 of the group key, in hexadecimal: 64 characters, the same as long as the group is the same.</summary>
    public static string Of(Notification notification) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(notification.GroupKey)));
}
