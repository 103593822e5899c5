using System.Data.Common;
using Dapper;
using LeptonStream.Health;

namespace LeptonStream.Storage;

/// <summary>Notifications of one receiver that were given up of late: somebody should have been notified and was not.</summary>
public sealed class DeadNotifications
{
    /// <summary>How far back people are reminded of them.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>The receiver's name.</summary>
    public required string Receiver { get; init; }

    /// <summary>Number of them.</summary>
    public required long Count { get; init; }

    /// <summary>Error of one of them.</summary>
    public string? LastError { get; init; }

    /// <summary>Reads them, the receiver with most first.</summary>
    /// <param name="connection">A connection to the journal.</param>
    /// <param name="since">Time of the decision from which on they count.</param>
    /// <param name="stop">Ends the question.</param>
    public static async Task<IReadOnlyList<DeadNotifications>> Read(
        DbConnection connection, DateTimeOffset since, CancellationToken stop) =>
        (await connection.QueryAsync<DeadNotifications>(new CommandDefinition(
            """
            select receiver, count(*) as count, max(last_error) as last_error from notification
            where status = 'dead' and created_at >= @since group by receiver order by count(*) desc, receiver
            """,
            new { since = since.ToUnixTimeMilliseconds() }, cancellationToken: stop))).AsList();

    /// <summary>The problem of all of them; null where there are none.</summary>
    public static RoleProblem? ProblemOf(IReadOnlyCollection<DeadNotifications> dead)
    {
        ArgumentNullException.ThrowIfNull(dead);
        return dead.Count == 0 ? null : RoleProblem.Of(ProblemCode.NotificationsDead,
            ("receivers", string.Join(", ", dead.Select(one => FormattableString.Invariant($"{one.Receiver} ({one.Count})")))),
            ("error", dead.First().LastError ?? "?"));
    }
}
