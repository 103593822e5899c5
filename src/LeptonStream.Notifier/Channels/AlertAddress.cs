using LeptonStream.Alerting;

namespace LeptonStream.Notifier.Channels;

/// <summary>Addresses on the dashboard.</summary>
internal static class AlertAddress
{
    /// <summary>The page of an alert.</summary>
    public static string Of(GroupedAlert alert, Uri externalUrl) => $"{Base(externalUrl)}/#alert={Uri.EscapeDataString(alert.AlertId)}";

    /// <summary>The dashboard, without a slash at its end.</summary>
    public static string Base(Uri externalUrl) => externalUrl.OriginalString.TrimEnd('/');
}
