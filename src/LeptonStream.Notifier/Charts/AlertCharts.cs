using LeptonStream.Alerting;
using LeptonStream.Notifier.Routing;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Charts;

/// <summary>Draws the chart of a notification in a time zone; null where there is none.</summary>
internal delegate Task<byte[]?> ChartSource(Notification notification, TimeZoneInfo zone, CancellationToken cancellation);

/// <summary>The charts of alerts as the journal has their points.</summary>
internal sealed class AlertCharts(Database journal)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The chart of the first alert that fires.</summary>
    /// <returns>Null where nothing fires, where the alert has too few points, and where anything goes wrong: a page comes without its
    /// picture rather than late.</returns>
    public async Task<byte[]?> Of(Notification notification, TimeZoneInfo zone, CancellationToken cancellation)
    {
        if (notification.Firing.FirstOrDefault() is not { } first) return null;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            return await RecordedAlert.LastEvent(journal, first.AlertId, patience.Token) is { } alert
                ? ChartPicture.Draw(alert.Points, alert.Onset, zone)
                : null;
        }
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}
