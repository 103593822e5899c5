using Dapper;
using LeptonStream.Feedback;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Lifecycle;

/// <summary>
/// Verdicts that wait for the feedback topic. Whoever takes them leases them: if that process dies, they come free when the lease ends and
/// are published again under the same id.
/// </summary>
internal sealed class FeedbackOutbox(Database database)
{
    private const int MostAtOnce = 100;

    /// <summary>Takes verdicts in hand, the oldest first, and none before an older one of its alert that is in hand, or waits.</summary>
    public async Task<IReadOnlyList<(string Id, FeedbackEvent? Event)>> Claim(Timestamp now, TimeSpan lease, CancellationToken cancellation)
    {
        await using var connection = await database.Open(cancellation);
        var rows = await connection.QueryAsync<(string Id, string Payload)>(new CommandDefinition(
            $"""
            with due as materialized (
              select feedback_id from feedback where published_at is null and leased_until <= @now
                and not exists (select 1 from feedback older where older.alert_id = feedback.alert_id and older.published_at is null
                  and older.leased_until > @now and older.feedback_id < feedback.feedback_id)
              order by feedback_id limit {MostAtOnce} {database.ForUpdateSkipLocked})
            update feedback set leased_until = @until where feedback_id in (select feedback_id from due)
            returning feedback_id, payload
            """,
            new { now = now.UnixMilliseconds, until = (now + lease).UnixMilliseconds }, cancellationToken: cancellation));
        return [.. rows.OrderBy(row => row.Id, StringComparer.Ordinal).Select(row => (row.Id, FeedbackEvent.Read(row.Payload)))];
    }

    /// <summary>They were not published: they come free at a time.</summary>
    public async Task Postpone(IReadOnlyCollection<string> ids, Timestamp until, CancellationToken cancellation)
    {
        await using var connection = await database.Open(cancellation);
        foreach (var id in ids)
            await connection.ExecuteAsync(new CommandDefinition(
                "update feedback set leased_until = @until where feedback_id = @id and published_at is null",
                new { id, until = until.UnixMilliseconds }, cancellationToken: cancellation));
    }

    /// <summary>It is in the topic, or can never be.</summary>
    public async Task MarkPublished(string id, Timestamp now, CancellationToken cancellation)
    {
        await using var connection = await database.Open(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            "update feedback set published_at = @at where feedback_id = @id", new { id, at = now.UnixMilliseconds },
            cancellationToken: cancellation));
    }
}
