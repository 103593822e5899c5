using System.Data.Common;
using LeptonStream.Alerting;
using LeptonStream.Alerting.Muting;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Journal;

/// <summary>Records who was not notified of which alert, why, and for how long: a row for each cause and stretch of time.</summary>
internal sealed class SuppressionStore(Database database)
{
    /// <summary>Ends the rows whose alert was not left out this time, or by another cause, and begins the new ones.</summary>
    /// <param name="transaction">The transaction of the flush.</param>
    /// <param name="flushed">The groups that were flushed, as they are now.</param>
    /// <param name="suppressed">The members that were left out.</param>
    /// <param name="now">The time of the flush.</param>
    public async Task Save(DbTransaction transaction, LoadedGroups flushed, IReadOnlyList<Suppression> suppressed, Timestamp now)
    {
        string[] groups = [.. flushed.Before.Keys];
        if (groups.Length == 0) return;
        var lasting = await transaction.Query<Row>(
            $"select * from suppression where until is null and group_id {database.AnyOf("@groups")}", new { groups });
        if (lasting.Count == 0 && suppressed.Count == 0) return;

        var current = suppressed.Select(item => (Row: RowOf(item, now), IsOver: IsOver(flushed.Groups, item)))
            .ToDictionary(item => (item.Row.GroupId, item.Row.Fingerprint));
        var going = lasting.Where(row => current.TryGetValue((row.GroupId, row.Fingerprint), out var item) && item.Row.IsSameAs(row))
            .ToDictionary(row => (row.GroupId, row.Fingerprint));
        await transaction.ExecuteEach(
            "update suppression set until = @at where group_id = @GroupId and fingerprint = @Fingerprint and since = @Since",
            lasting.Where(row => !going.ContainsKey((row.GroupId, row.Fingerprint)) || current[(row.GroupId, row.Fingerprint)].IsOver)
                .Select(row => new { row.GroupId, row.Fingerprint, row.Since, at = now.UnixMilliseconds }));
        await transaction.InsertEach(
            "suppression (group_id, fingerprint, since, alert_id, receiver, cause, detail, until)",
            current.Where(item => !going.ContainsKey(item.Key)).Select(item => item.Value).Select(item => new
            {
                item.Row.GroupId,
                item.Row.Fingerprint,
                item.Row.Since,
                item.Row.AlertId,
                item.Row.Receiver,
                item.Row.Cause,
                item.Row.Detail,
                until = item.IsOver ? now.UnixMilliseconds : (long?)null,
            }),
            """
            on conflict (group_id, fingerprint, since) do update set cause = excluded.cause, detail = excluded.detail,
              until = excluded.until
            """);
    }

    // An end that was left out leaves its group all the same, and no later flush would close its row.
    private static bool IsOver(AlertGroups groups, Suppression suppression) =>
        !groups.TryGet(suppression.Group.Id, out var group) || !group.Alerts.ContainsKey(suppression.Alert.Fingerprint);

    private static Row RowOf(Suppression suppression, Timestamp now) => new()
    {
        GroupId = suppression.Group.Id,
        Fingerprint = suppression.Alert.Fingerprint.ToString(),
        Since = now.UnixMilliseconds,
        AlertId = suppression.Alert.AlertId,
        Receiver = suppression.Group.Receiver,
        Cause = SuppressionCauses.NameOf(suppression.Cause),
        Detail = AlertingJson.Write(suppression.By),
    };

    private sealed class Row
    {
        public required string GroupId { get; init; }

        public required string Fingerprint { get; init; }

        public required long Since { get; init; }

        public required string AlertId { get; init; }

        public required string Receiver { get; init; }

        public required string Cause { get; init; }

        public required string Detail { get; init; }

        public bool IsSameAs(Row other) => (AlertId, Cause, Detail) == (other.AlertId, other.Cause, other.Detail);
    }
}
