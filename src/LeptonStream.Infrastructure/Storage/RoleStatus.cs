using System.Text.Json;
using Dapper;
using LeptonStream.Health;
using LeptonStream.Kafka.Status;

namespace LeptonStream.Storage;

/// <summary>The last status of a role, as one process says it: a row of <c>role_status</c>.</summary>
public sealed class RoleStatus
{
    /// <summary>Age of a report from which on the role counts as dead.</summary>
    public static readonly TimeSpan MaxAge = StatusHealth.MaxAge;

    /// <summary>Reads the rows, the newest of each role first.</summary>
    public const string Select = "select role, instance, reported_at, problems from role_status order by role, reported_at desc, instance";

    // Each process has a name of its own, and most never come back. Who asks in the first minutes sees which of them is missing.
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private const string Upsert =
        """
        insert into role_status (role, instance, reported_at, problems) values (@role, @instance, @now, @problems)
        on conflict (role, instance) do update set reported_at = excluded.reported_at, problems = excluded.problems
        """;

    private const string Forget = "delete from role_status where role = @role and instance <> @instance and reported_at < @before";

    // The last one's row stays: it says since when nobody reports.
    private const string Remove =
        """
        delete from role_status where role = @role and instance = @instance and exists (
          select 1 from role_status other where other.role = @role and other.instance <> @instance and other.reported_at >= @alive)
        """;

    /// <summary>The role, such as <c>detector</c>.</summary>
    public string Role { get; init; } = "";

    /// <summary>The process that reports: host and process id. Of the detectors the notifiers report, each what it reads.</summary>
    public string Instance { get; init; } = "";

    /// <summary>Time of the report, in milliseconds since 1970.</summary>
    public long ReportedAt { get; init; }

    /// <summary>Its problems as a JSON array, or as older programs wrote them, one sentence a line; empty where there were none.</summary>
    public string Problems { get; init; } = "";

    /// <summary>Records what is wrong with a role now, and forgets the processes that have not reported for long.</summary>
    public static Task Write(Database database, string role, string instance, IReadOnlyCollection<RoleProblem> problems,
        DateTimeOffset at, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(database);
        var row = new
        {
            role,
            instance = SqlText.Clean(instance),
            now = at.ToUnixTimeMilliseconds(),
            before = (at - Kept).ToUnixTimeMilliseconds(),
            problems = problems.Count == 0
                ? ""
                : SqlText.Clean(JsonSerializer.Serialize([.. problems], ProblemJson.Default.RoleProblemArray)),
        };
        return database.Write(async transaction =>
        {
            await transaction.Connection!.ExecuteAsync(new(Forget, row, transaction, cancellationToken: stop));
            return await transaction.Connection!.ExecuteAsync(new(Upsert, row, transaction, cancellationToken: stop));
        }, stop);
    }

    /// <summary>Records that a process has stopped on purpose: nobody misses it where another one of its role reports.</summary>
    public static Task Leave(Database database, string role, string instance, DateTimeOffset at, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(database);
        var row = new { role, instance = SqlText.Clean(instance), alive = (at - MaxAge).ToUnixTimeMilliseconds() };
        return database.Write(transaction =>
            transaction.Connection!.ExecuteAsync(new(Remove, row, transaction, cancellationToken: stop)), stop);
    }

    /// <summary>
    /// The problems of the roles, as all processes that live say them. A role is dead where none of its processes reports any more. Where
    /// no notifier lives, nobody records the detectors' state: only that is said then. Nothing is wrong where nobody has reported yet.
    /// </summary>
    public static IReadOnlyList<RoleProblem> ProblemsOf(IReadOnlyCollection<RoleStatus> rows, DateTimeOffset now)
    {
        var roles = rows.GroupBy(row => row.Role).ToList();
        RoleStatus[] dead = [.. roles.Where(role => role.All(row => now - row.At > MaxAge)).Select(role => role.MaxBy(row => row.At)!)];
        if (Array.Find(dead, role => role.Role == RoleNames.Notifier) is { } notifier) return [notifier.Obituary];
        // The rows of both roles are written by notifiers, by the same clocks.
        if (roles.Find(role => !role.Any(row => row.IsAlive(now)) && role.Any(row => StatusHealth.IsAhead(row.At, now))) is { } ahead)
            return [StatusHealth.Unknown(ahead.Key, ahead.Max(row => row.At))];
        return [.. dead.Select(role => role.Obituary), .. rows.Where(row => row.IsAlive(now)).SelectMany(row => row.Reported).Distinct()];
    }

    /// <summary>Whether the process reports.</summary>
    public bool IsAlive(DateTimeOffset now) => now - At <= MaxAge && !StatusHealth.IsAhead(At, now);

    /// <summary>Time of the report.</summary>
    public DateTimeOffset At => DateTimeOffset.FromUnixTimeMilliseconds(ReportedAt);

    /// <summary>The problems that the role reported.</summary>
    public IReadOnlyList<RoleProblem> Reported => Problems.StartsWith('[')
        ? JsonSerializer.Deserialize(Problems, ProblemJson.Default.RoleProblemArray)!
        : [.. Problems.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(RoleProblem.Plain)];

    private RoleProblem Obituary => StatusHealth.DeathOf(Role, At);
}
