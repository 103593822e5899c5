using System.Data.Common;
using System.Text.Json;
using Dapper;
using LeptonStream.Dashboard.Actions;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Dashboard.Silences;

/// <summary>
/// The silences in the journal, where the notifier reads them at each flush. Changes follow Alertmanager's rules: what has begun can't be
/// made to mute other alerts, so a change of its matchers or beginning ends it and makes another one.
/// </summary>
internal sealed class SilenceStore(Database journal)
{
    /// <summary>The silences that had not ended at a time, those that end last first.</summary>
    public async Task<IReadOnlyList<SilenceRow>> Since(Timestamp time, CancellationToken stop)
    {
        await using var connection = await journal.Open(stop);
        return (await connection.QueryAsync<SilenceRow>(new CommandDefinition(
            $"{SilenceRow.Select} where ends_at > @at order by ends_at desc, id",
            new { at = time.UnixMilliseconds }, cancellationToken: stop))).AsList();
    }

    /// <summary>The silence of an id, or null.</summary>
    public async Task<SilenceRow?> Find(string id, CancellationToken stop)
    {
        await using var connection = await journal.Open(stop);
        return (await connection.QueryAsync<SilenceRow>(new CommandDefinition(
            $"{SilenceRow.Select} where id = @id", new { id }, cancellationToken: stop))).SingleOrDefault();
    }

    /// <summary>Makes a silence, or changes the one of its id.</summary>
    /// <returns>The id of the silence that holds now; null where there is none of the id that was given.</returns>
    public Task<string?> Save(SilenceDraft draft, Change change, CancellationToken stop) => journal.Write(async transaction =>
    {
        if (draft.Id is null) return await Add(transaction, draft, change);
        var rows = await transaction.Query<SilenceRow>(
            $"{SilenceRow.Select} where id = @Id {journal.ForUpdate}", new { draft.Id });
        if (rows.SingleOrDefault() is not { } known) return null;
        if (CanChange(known, draft, change.At))
        {
            await transaction.Execute(
                """
                update silence set starts_at = @starts, ends_at = @ends, comment = @comment, matchers = @matchers, updated_at = @now,
                  quiet_ms = @quiet
                where id = @Id
                """,
                new
                {
                    draft.Id, starts = draft.StartsAt.UnixMilliseconds, ends = draft.EndsAt.UnixMilliseconds, comment = draft.Comment,
                    matchers = MatchersOf(draft), now = change.At.UnixMilliseconds, quiet = QuietOf(draft),
                });
            await Audit.Add(transaction, change, "silence_changed", alertId: null, draft.Id,
                ("matchers", draft.Text), ("ends_at", draft.EndsAt.ToString()), ("quiet_period", draft.QuietText));
            return draft.Id;
        }

        await End(transaction, known, change);
        return await Add(transaction, draft, change);
    }, stop);

    /// <summary>Ends a silence now.</summary>
    /// <returns>Whether there is one of that id that has not ended; null where there is none.</returns>
    public Task<bool?> Expire(string id, Change change, CancellationToken stop) => journal.Write(async transaction =>
    {
        var rows = await transaction.Query<SilenceRow>($"{SilenceRow.Select} where id = @id {journal.ForUpdate}", new { id });
        if (rows.SingleOrDefault() is not { } known) return (bool?)null;
        if (known.StateAt(change.At) == "expired") return false;
        await End(transaction, known, change);
        return true;
    }, stop);

    // Alertmanager's rule.
    private static bool CanChange(SilenceRow known, SilenceDraft draft, Timestamp now) => known.StateAt(now) switch
    {
        "active" => known.Matchers == MatchersOf(draft) && known.StartsAt / 1000 == draft.StartsAt.UnixMilliseconds / 1000,
        "pending" => known.Matchers == MatchersOf(draft) && draft.StartsAt >= now,
        _ => false,
    };

    /// <summary>Makes a silence, in a transaction that may do more.</summary>
    /// <returns>Its id.</returns>
    public static async Task<string> Add(DbTransaction transaction, SilenceDraft draft, Change change)
    {
        var id = Guid.CreateVersion7(change.At.ToDateTimeOffset()).ToString();
        // What begins in the past begins now: nothing that was sent is unsent.
        var starts = draft.StartsAt < change.At ? change.At : draft.StartsAt;
        await transaction.Execute(
            """
            insert into silence (id, matchers, starts_at, ends_at, created_by, comment, created_at, updated_at, quiet_ms)
            values (@id, @matchers, @starts, @ends, @createdBy, @comment, @now, @now, @quiet)
            """,
            new
            {
                id, matchers = MatchersOf(draft), starts = starts.UnixMilliseconds, ends = draft.EndsAt.UnixMilliseconds,
                createdBy = draft.CreatedBy, comment = draft.Comment, now = change.At.UnixMilliseconds, quiet = QuietOf(draft),
            });
        await Audit.Add(transaction, change, "silence", alertId: null, id,
            ("matchers", draft.Text), ("ends_at", draft.EndsAt.ToString()), ("created_by", draft.CreatedBy),
            ("quiet_period", draft.QuietText));
        return id;
    }

    private static async Task End(DbTransaction transaction, SilenceRow known, Change change)
    {
        var now = change.At.UnixMilliseconds;
        if (known.StateAt(change.At) == "expired") return;
        await transaction.Execute(
            "update silence set starts_at = @starts, ends_at = @now, updated_at = @now where id = @Id",
            new { known.Id, starts = Math.Min(known.StartsAt, now), now });
        await Audit.Add(transaction, change, "silence_expired", alertId: null, known.Id);
    }

    private static string MatchersOf(SilenceDraft draft) =>
        JsonSerializer.Serialize([.. draft.Matchers], SilenceJson.Default.ApiMatcherArray);

    private static long? QuietOf(SilenceDraft draft) => (long?)draft.QuietPeriod?.TotalMilliseconds;
}
