using System.Text;
using Dapper;
using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Routing;

/// <summary>An alert of the journal, as its last event left it.</summary>
internal static class RecordedAlert
{
    /// <summary>The last event of an alert; null where the journal has none.</summary>
    public static async Task<AlertEvent?> LastEvent(Database database, string alertId, CancellationToken cancellation)
    {
        await using var connection = await database.Open(cancellation);
        var payload = await connection.QuerySingleOrDefaultAsync<string?>(new CommandDefinition(
            "select payload from alert where alert_id = @alertId", new { alertId }, cancellationToken: cancellation));
        return payload is not null && AlertEventJson.TryRead(Encoding.UTF8.GetBytes(payload), out var alert, out _) ? alert : null;
    }

    /// <summary>Finds it by its id; null where the journal has none.</summary>
    public static async Task<GroupedAlert?> Find(Database database, string alertId, CancellationToken cancellation)
    {
        if (await LastEvent(database, alertId, cancellation) is not { } alert) return null;
        return GroupedAlert.Of(alert) with
        {
            Annotations = EndedTexts.Annotate(alert.Annotations, alert.EndedReason),
            EndsAt = alert.Type == AlertEventType.Resolved ? alert.DetectedAt : null,
        };
    }
}
