using System.Data.Common;
using Dapper;
using LeptonStream.Dashboard.Actions;
using LeptonStream.Dashboard.Alerts;
using LeptonStream.Dashboard.Silences;
using LeptonStream.Links;
using LeptonStream.Storage;

namespace LeptonStream.Dashboard.Links;

/// <summary>
/// What a link lets its reader do: each action once, on the alerts of its notification, in one transaction with the mark that it was done.
/// </summary>
internal sealed class LinkActions(Database journal, AlertQueries alerts, TimeProvider time)
{
    // No link lives as long.
    private static readonly TimeSpan MarksAreKept = TimeSpan.FromDays(8);

    /// <summary>Finds the notification of a link.</summary>
    /// <returns>It, or null where the link is none of ours or its notification is gone.</returns>
    public async Task<LinkedNotification?> Find(string text, CancellationToken stop)
    {
        if (await Read(text, stop) is not { } read) return null;
        var (link, id, receiver, used) = read;
        return new(id, receiver, link.ExpiresAt, link.ExpiresAt <= time.GetUtcNow(), used, await alerts.OfNotificationAsync(id, stop));
    }

    private async Task<(ActionLink Link, string Id, string Receiver, IReadOnlyList<string> Used)?> Read(string text, CancellationToken stop)
    {
        await using var connection = await journal.Open(stop);
        // Read each time: whoever deletes the key makes all links void at once.
        if (await ActionLinkKey.Find(connection, stop) is not { } key || !ActionLink.TryRead(text, key, out var link)) return null;
        var id = link.Notification.ToString("N");
        var receiver = await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            "select receiver from notification where notification_id = @id", new { id }, cancellationToken: stop));
        if (receiver is null) return null;
        var used = await connection.QueryAsync<string>(new CommandDefinition(
            "select action from action_link_use where notification_id = @id", new { id }, cancellationToken: stop));
        return (link, id, receiver, used.AsList());
    }

    /// <summary>Does an action with alerts of the notification.</summary>
    /// <returns>
    /// <see cref="LinkResult.Done"/> where any of them took it; where all have ended in the meantime, the link may be used again.
    /// </returns>
    public Task<LinkResult> OnAlerts(
        LinkedNotification notification, IEnumerable<AlertRow> on, string action,
        Func<DbTransaction, string, Task<ActionResult>> act, CancellationToken stop) =>
        Once(notification, action, async transaction =>
    {
        // In one order, so that two links never wait for each other.
        var isDone = false;
        foreach (var alert in on.OrderBy(alert => alert.AlertId, StringComparer.Ordinal))
            isDone |= await act(transaction, alert.AlertId) == ActionResult.Done;
        return isDone;
    }, stop);

    /// <summary>Silences what the alerts have in common.</summary>
    public Task<LinkResult> Silence(LinkedNotification notification, SilenceDraft draft, Change change, CancellationToken stop) =>
        Once(notification, "silence", async transaction => await SilenceStore.Add(transaction, draft, change) is not null, stop);

    private Task<LinkResult> Once(
        LinkedNotification notification, string action, Func<DbTransaction, Task<bool>> act, CancellationToken stop) =>
        journal.Write(async transaction =>
    {
        var now = time.GetUtcNow();
        await transaction.Execute("delete from action_link_use where used_at < @old",
            new { old = (now - MarksAreKept).ToUnixTimeMilliseconds() });
        var marked = await transaction.Execute(
            """
            insert into action_link_use (notification_id, action, used_at) values (@Id, @action, @at)
            on conflict (notification_id, action) do nothing
            """,
            new { notification.Id, action, at = now.ToUnixTimeMilliseconds() });
        if (marked == 0) return LinkResult.IsUsed;
        if (await act(transaction)) return LinkResult.Done;
        await transaction.Execute("delete from action_link_use where notification_id = @Id and action = @action",
            new { notification.Id, action });
        return LinkResult.AllIsOver;
    }, stop);
}

/// <summary>The outcome of an action by a link.</summary>
internal enum LinkResult
{
    /// <summary>It is done and in the audit.</summary>
    Done = 0,

    /// <summary>The link has done it before.</summary>
    IsUsed = 1,

    /// <summary>All alerts ended before it.</summary>
    AllIsOver = 2,
}

/// <summary>The notification of a link, as it is now.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Receiver">Who was sent it.</param>
/// <param name="ExpiresAt">The end of the link.</param>
/// <param name="IsExpired">Whether that is past.</param>
/// <param name="Used">The actions that the link has done.</param>
/// <param name="Alerts">Its alerts, the most urgent first.</param>
internal sealed record LinkedNotification(
    string Id, string Receiver, DateTimeOffset ExpiresAt, bool IsExpired, IReadOnlyList<string> Used, IReadOnlyList<AlertRow> Alerts)
{
    /// <summary>Those that still fire.</summary>
    public IEnumerable<AlertRow> Firing => Alerts.Where(alert => alert.Status == "firing");

    /// <summary>Matchers of the labels that all of them share, but for the severity; none where they share none.</summary>
    public IReadOnlyList<ApiMatcher> SharedMatchers()
    {
        var labels = Firing.Select(alert => AlertSummary.LabelsOf(alert, AlertDetail.Read(alert.Payload))).ToArray();
        return labels.Length == 0 ? []
            : [.. labels[0].Where(label => label.Key != "severity" && labels.All(other => other[label.Key] == label.Value))
                .Select(label => new ApiMatcher(label.Key, label.Value, IsRegex: false))];
    }
}
