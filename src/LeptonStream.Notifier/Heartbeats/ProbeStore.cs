using System.Data.Common;
using Dapper;
using LeptonStream.Notifier.Journal;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Heartbeats;

/// <summary>
/// The probes in SQL, shared by all notifiers: of each round and of each heartbeat one of them gets the turn. That the journal must answer
/// for either is meant: without it there are no alerts.
/// </summary>
internal sealed class ProbeStore(Database database)
{
    /// <summary>
    /// Takes note of the probes among records that came back, in the transaction that moves the position behind them. One that is newer
    /// than the last round is none of ours: it would stand for all rounds to come.
    /// </summary>
    public static Task Save(DbTransaction transaction, IEnumerable<JournalRecord> records) => transaction.ExecuteEach(
        """
        insert into probe (kafka_partition, sent_at)
        select @Partition, @SentAt where exists (select 1 from heartbeat where sent_at >= @SentAt)
        on conflict (kafka_partition) do update set sent_at = excluded.sent_at where probe.sent_at < excluded.sent_at
        """,
        records.Where(record => record.Probe is not null).GroupBy(record => record.Partition)
            .Select(records => new { Partition = records.Key, SentAt = records.Max(record => record.Probe!.SentAt.UnixMilliseconds) }));

    /// <summary>Takes the turn to send a round, where one is due.</summary>
    /// <returns>Whether the caller has it.</returns>
    public async Task<bool> TryBeginRound(Timestamp now, TimeSpan interval, CancellationToken stop)
    {
        var times = new
        {
            now = now.UnixMilliseconds, due = (now - interval).UnixMilliseconds, ahead = (now + interval).UnixMilliseconds,
        };
        if (await Execute("update heartbeat set sent_at = @now where sent_at <= @due or sent_at > @now", times, stop) != 1) return false;
        // Those that lie ahead were written by a clock that has been set back since.
        await Execute("delete from probe where sent_at > @ahead", times, stop);
        await Execute("update heartbeat set beaten_at = 0 where beaten_at > @ahead", times, stop);
        return true;
    }

    /// <summary>Notes to how many partitions the rounds go.</summary>
    public Task SetPartitions(int partitions, CancellationToken stop) =>
        Execute("update heartbeat set partitions = @partitions where partitions <> @partitions", new { partitions }, stop);

    /// <summary>Takes the turn to send the heartbeats of a round that is back.</summary>
    /// <returns>Whether the caller has it.</returns>
    public async Task<bool> TryBeat(Timestamp round, CancellationToken stop) =>
        await Execute(
            "update heartbeat set beaten_at = @round where beaten_at < @round", new { round = round.UnixMilliseconds }, stop) == 1;

    /// <summary>Notes that the heartbeats were taken.</summary>
    public Task SetSuccess(Timestamp now, CancellationToken stop) =>
        Execute("update heartbeat set succeeded_at = @now", new { now = now.UnixMilliseconds }, stop);

    /// <summary>How it stands.</summary>
    public async Task<ProbeState> Read(CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var row = await connection.QuerySingleAsync<(long SentAt, int Partitions, long BeatenAt, long SucceededAt)>(new CommandDefinition(
            "select sent_at, partitions, beaten_at, succeeded_at from heartbeat", cancellationToken: stop));
        var back = await connection.QueryAsync<(int Partition, long SentAt)>(new CommandDefinition(
            "select kafka_partition, sent_at from probe", cancellationToken: stop));
        return new(Time(row.BeatenAt), row.SucceededAt == 0 ? null : Time(row.SucceededAt), row.Partitions,
            back.ToDictionary(probe => probe.Partition, probe => Time(probe.SentAt)));
    }

    private static Timestamp Time(long milliseconds) => Timestamp.FromUnixMilliseconds(milliseconds);

    private async Task<int> Execute(string sql, object parameters, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        return await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: stop));
    }
}

/// <summary>How it stands with the probes.</summary>
/// <param name="BeatenAt">The round that heartbeats were sent for last; zero where none were.</param>
/// <param name="SucceededAt">Time at which all heartbeats of a round were taken last; null where they never were.</param>
/// <param name="Partitions">Number of partitions that a round goes to; 0 before the first.</param>
/// <param name="Back">The newest probe that came back, by partition.</param>
internal sealed record ProbeState(
    Timestamp BeatenAt, Timestamp? SucceededAt, int Partitions, IReadOnlyDictionary<int, Timestamp> Back)
{
    /// <summary>The state before anything is known.</summary>
    public static readonly ProbeState None = new(Timestamp.Zero, null, 0, new Dictionary<int, Timestamp>());

    /// <summary>The newest round that came back through every partition; null where none did.</summary>
    public Timestamp? Whole => Partitions > 0 && Late(Timestamp.Zero).Length == 0
        ? Enumerable.Range(0, Partitions).Min(partition => Back[partition])
        : null;

    /// <summary>The partitions through which no probe came back that set out at a time or later.</summary>
    public int[] Late(Timestamp since) =>
        [.. Enumerable.Range(0, Partitions).Where(partition => !Back.TryGetValue(partition, out var sentAt) || sentAt < since)];
}
