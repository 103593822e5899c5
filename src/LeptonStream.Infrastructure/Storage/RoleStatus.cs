using System.Text.Json;
using Dapper;
using LeptonStream.Health;
using LeptonStream.Kafka.Status;

namespace LeptonStream.Storage;

/// <summary>The last status of a role, as a row of <c>role_status</c>.</summary>
public sealed class RoleStatus
{
    /// <summary>Age of a report from which on the role counts as dead.</summary>
    public static readonly TimeSpan MaxAge = StatusHealth.MaxAge;

    /// <summary>Reads the rows.</summary>
    public const string Select = "select role, reported_at, problems from role_status order by role";

    private const string Upsert =
        """
        insert into role_status (role, reported_at, problems) values (@role, @now, @problems)
        on conflict (role) do update set reported_at = excluded.reported_at, problems = excluded.problems
        """;

    /// <summary>The role, such as <c>detector</c>.</summary>
    public string Role { get; init; } = "";

    /// <summary>Time of the report, in milliseconds since 1970.</summary>
    public long ReportedAt { get; init; }

    /// <summary>Its problems as a JSON array, or as older programs wrote them, one sentence a line; empty where there were none.</summary>
    public string Problems { get; init; } = "";

    /// <summary>Records what is wrong with a role now.</summary>
    public static Task Write(Database database, string role, IReadOnlyCollection<RoleProblem> problems, DateTimeOffset at,
        CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(database);
        var row = new
        {
            role,
            now = at.ToUnixTimeMilliseconds(),
            problems = problems.Count == 0
                ? ""
                : SqlText.Clean(JsonSerializer.Serialize([.. problems], ProblemJson.Default.RoleProblemArray)),
        };
        return database.Write(transaction => transaction.Connection!.ExecuteAsync(new(Upsert, row, transaction,
            cancellationToken: stop)), stop);
    }

    /// <summary>
    /// The problems of the roles. Where no notifier lives, nobody records the detectors' state: only that is said
    /// then. Nothing is wrong where nobody has reported yet.
    /// </summary>
    public static IReadOnlyList<RoleProblem> ProblemsOf(IReadOnlyCollection<RoleStatus> roles, DateTimeOffset now)
    {
        var dead = roles.Where(role => now - role.At > MaxAge).ToList();
        if (dead.Find(role => role.Role == RoleNames.Notifier) is { } notifier) return [notifier.Obituary];
        // Both roles' rows are written by the notifier, by one clock.
        if (roles.FirstOrDefault(role => StatusHealth.IsAhead(role.At, now)) is { } ahead)
            return [StatusHealth.Unknown(ahead.Role, ahead.At)];
        return [.. dead.Select(role => role.Obituary), .. roles.Except(dead).SelectMany(role => role.Reported)];
    }

    private DateTimeOffset At => DateTimeOffset.FromUnixTimeMilliseconds(ReportedAt);

    /// <summary>The problems that the role reported.</summary>
    public IReadOnlyList<RoleProblem> Reported => Problems.StartsWith('[')
        ? JsonSerializer.Deserialize(Problems, ProblemJson.Default.RoleProblemArray)!
        : [.. Problems.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(RoleProblem.Plain)];

    private RoleProblem Obituary => StatusHealth.DeathOf(Role, At);
}
