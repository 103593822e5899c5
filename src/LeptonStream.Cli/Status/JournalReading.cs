using System.Data.Common;
using System.Net.Sockets;
using Dapper;
using LeptonStream.Cli.Doctor;
using LeptonStream.Explanations;
using LeptonStream.Health;
using LeptonStream.Storage;

namespace LeptonStream.Cli.Status;

/// <summary>Reads from the journal how the notifiers are, which alerts are open, and whom they reached.</summary>
internal static class JournalReading
{
    // A message that waits for longer does not reach anybody.
    private static readonly TimeSpan Slow = TimeSpan.FromMinutes(5);

    public static async Task<JournalStatus?> Read(
        StorageOptions storage, DateTimeOffset now, List<string> problems, List<string> blind, CancellationToken stop)
    {
        await using var database = Database.Of(storage.ConnectionString);
        // Looking must not make the file.
        if (database.Kind == DatabaseKind.Sqlite && JournalDiagnostics.FileOf(storage.ConnectionString) is { } file && !File.Exists(file))
        {
            problems.Add($"{database.Name} is not there: --storage names the notifier's database, and the notifier makes it");
            return null;
        }

        try
        {
            await using var connection = await database.Open(stop);
            return await Look(database, connection, now, problems, blind, stop);
        }
        catch (Exception failure) when (failure is DbException or SocketException or TimeoutException)
        {
            problems.Add(database.LacksTables(failure)
                ? $"{database.Name} has no tables yet: the notifier makes them when it starts"
                : $"{database.Name} does not answer: {failure.Message.TrimEnd('.')}");
            return null;
        }
    }

    private static async Task<JournalStatus> Look(Database database, DbConnection connection, DateTimeOffset now, List<string> problems,
        List<string> blind, CancellationToken stop)
    {
        var roles = (await connection.QueryAsync<RoleStatus>(RoleStatus.Select)).AsList();
        // Notifiers report by the database's clock.
        var theirs = await database.Now(connection, TimeProvider.System, stop);
        problems.AddRange(NotifierProblems(roles, theirs));
        var dead = await DeadNotifications.Read(connection, theirs - DeadNotifications.Window, stop);
        if (DeadNotifications.ProblemOf(dead) is { } lost) problems.Add($"{lost.Text}; 'lepton outbox list' shows them");
        var open = (await connection.QueryAsync<(string Severity, long Count)>(
            "select severity, count(*) from alert where status = 'firing' group by severity")).ToDictionary(row => row.Severity,
            row => row.Count);
        var waiting = await connection.QuerySingleAsync<(long Count, long? Oldest)>(
            "select count(*), min(coalesce(retried_at, created_at)) from notification where status = 'pending' and digest_at is null");
        if (Time(waiting.Oldest) is { } oldest && theirs - oldest > Slow)
            problems.Add($"{EnglishCount.Of((int)waiting.Count, "message")} can't be delivered yet, the oldest was due "
                + $"{Moments.Of(oldest, theirs)}: 'lepton outbox list' says why");
        blind.AddRange(await Kept(connection, now));
        return new(
            Time(roles.Find(role => role.Role == RoleNames.Notifier)?.ReportedAt),
            open.GetValueOrDefault("critical"), open.GetValueOrDefault("warning"), open.GetValueOrDefault("info"),
            Time(await connection.ExecuteScalarAsync<long?>("select recorded_at from alert_event order by seq desc limit 1")),
            await LastDelivery(connection), waiting.Count, Time(waiting.Oldest),
            Time(await connection.ExecuteScalarAsync<long?>("select succeeded_at from heartbeat where succeeded_at > 0")),
            [.. roles.Where(role => role.Role == RoleNames.Notifier)
                .Select(role => new NotifierReport(role.Instance, role.At, role.IsAlive(theirs)))]);
    }

    // How the detectors are is known from their own topic.
    private static IEnumerable<string> NotifierProblems(List<RoleStatus> roles, DateTimeOffset now)
    {
        var own = roles.FindAll(role => role.Role == RoleNames.Notifier);
        return own.Count == 0
            ? [RoleProblem.Of(ProblemCode.RoleNeverSeen, ("role", RoleNames.Notifier)).ToString()]
            : RoleStatus.ProblemsOf(own, now).Select(problem => problem.ToString());
    }

    private static async Task<Delivery?> LastDelivery(DbConnection connection)
    {
        var rows = await connection.QueryAsync<(long SentAt, string Receiver, string Channel)>(
            "select sent_at, receiver, channel from notification where status = 'sent' order by seq desc limit 1");
        return rows.Select(row => new Delivery(Time(row.SentAt)!.Value, row.Receiver, row.Channel)).FirstOrDefault();
    }

    // People and receivers asked not to be disturbed now.
    private static async Task<IReadOnlyList<string>> Kept(DbConnection connection, DateTimeOffset now)
    {
        var parameters = new { now = now.ToUnixTimeMilliseconds() };
        var silences = await connection.ExecuteScalarAsync<int>(
            "select count(*) from silence where starts_at <= @now and ends_at > @now", parameters);
        var left = await connection.ExecuteScalarAsync<int>(
            """
            select count(distinct suppression.alert_id) from suppression join alert on alert.alert_id = suppression.alert_id
            where until is null and alert.status = 'firing' and cause <> 'acknowledgement'
            """);
        var paused = (await connection.QueryAsync<(string Receiver, string Channel, long Until)>(
            "select receiver, channel, until from destination_pause where until > @now order by receiver, channel", parameters)).AsList();
        var kept = new List<string>();
        if (silences > 0) kept.Add($"{EnglishCount.Of(silences, "silence")} in force: 'lepton silence list' shows them");
        if (left > 0) kept.Add($"{EnglishCount.Of(left, "open alert")} of which somebody is not notified (silence, inhibition, times): "
            + "'lepton alerts' says why");
        kept.AddRange(paused.Select(one => $"{one.Receiver}, {one.Channel}: paused until {Time(one.Until):HH:mm:ss} UTC, as it asked"));
        return kept;
    }

    private static DateTimeOffset? Time(long? milliseconds) =>
        milliseconds is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known) : null;
}
