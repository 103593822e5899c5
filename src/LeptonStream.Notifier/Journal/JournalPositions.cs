using System.Data.Common;
using Dapper;
using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Journal;

/// <summary>
/// How far each partition of the alerts topic is recorded. A position moves in the transaction that records what lies before it, and
/// belongs to a topic with an id.
/// </summary>
internal sealed class JournalPositions(Database database)
{
    /// <summary>The next offset of each partition of the topic; partitions never read are absent.</summary>
    public async Task<IReadOnlyDictionary<int, long>> Of(string topic, CancellationToken cancellation)
    {
        await using var connection = await database.Open(cancellation);
        var rows = await connection.QueryAsync<(int Partition, long NextOffset)>(
            "select kafka_partition, next_offset from consumer_offset where topic = @topic", new { topic });
        return rows.ToDictionary(row => row.Partition, row => row.NextOffset);
    }

    /// <summary>Takes note of the topic's id. Where the positions are of another topic of that name, they are forgotten.</summary>
    /// <returns>Whether they were.</returns>
    public Task<bool> Recognise(string topic, Guid id, Timestamp now, CancellationToken cancellation) =>
        database.Write(async transaction =>
    {
        await Counters.Lock(database, transaction, "alert_event");
        var known = (await transaction.Query<string>("select topic_id from consumer_topic where topic = @topic", new { topic }))
            .SingleOrDefault();
        var topicId = id.ToString();
        if (known == topicId) return false;
        await transaction.Execute(
            """
            insert into consumer_topic (topic, topic_id, seen_at) values (@topic, @topicId, @at)
            on conflict (topic) do update set topic_id = excluded.topic_id, seen_at = excluded.seen_at
            """,
            new { topic, topicId, at = now.UnixMilliseconds });
        if (known is null) return false;
        await transaction.Execute("delete from consumer_offset where topic = @topic", new { topic });
        return true;
    }, cancellation);

    /// <summary>Moves a position to where the log is: the wanted records are gone.</summary>
    public Task Move(string topic, int partition, long offset, Timestamp now, CancellationToken cancellation) =>
        database.Write(async transaction =>
    {
        await Counters.Lock(database, transaction, "alert_event");
        await Save(transaction, [(topic, partition, offset)], now);
        return true;
    }, cancellation);

    /// <summary>The records at or behind the stored positions.</summary>
    public async Task<IReadOnlyList<JournalRecord>> LeaveOutOld(DbTransaction transaction, IReadOnlyList<JournalRecord> batch)
    {
        string[] topics = [.. batch.Select(record => record.Topic).Distinct()];
        var rows = await transaction.Query<(string Topic, int Partition, long NextOffset)>(
            $"select topic, kafka_partition, next_offset from consumer_offset where topic {database.AnyOf("@topics")}", new { topics });
        var positions = rows.ToDictionary(row => (row.Topic, row.Partition), row => row.NextOffset);
        return [.. batch.Where(record => record.Offset >= positions.GetValueOrDefault((record.Topic, record.Partition)))];
    }

    /// <summary>Stores positions, in the transaction that records what lies before them.</summary>
    public static Task Save(DbTransaction transaction, IEnumerable<(string Topic, int Partition, long NextOffset)> positions,
        Timestamp now) => transaction.ExecuteEach(
        """
        insert into consumer_offset (topic, kafka_partition, next_offset, updated_at) values (@Topic, @Partition, @NextOffset, @at)
        on conflict (topic, kafka_partition) do update set next_offset = excluded.next_offset, updated_at = excluded.updated_at
        """,
        positions.Select(position => new { position.Topic, position.Partition, position.NextOffset, at = now.UnixMilliseconds }));
}
