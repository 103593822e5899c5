using LeptonStream.Samples;
using LeptonStream.Storage;

namespace LeptonStream.Notifier.Lifecycle;

/// <summary>
/// Since when the detector works on each partition without a gap. Only in such a time does it mean anything that an alert is silent.
/// </summary>
internal static class PartitionLife
{
    /// <summary>Time without a sign of life from which on a partition begins again; shorter ones are restarts and rebalances.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Takes note of the partitions that the detector works on now, and of those that are no more: nobody will ever say anything of them.
    /// </summary>
    /// <param name="database">The journal.</param>
    /// <param name="alive">The partitions.</param>
    /// <param name="count">Number of partitions that the topic has; 0 where nobody knows.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Ends it.</param>
    public static Task Record(Database database, IReadOnlyList<int> alive, int count, Timestamp now, CancellationToken cancellation) =>
        database.Write(async transaction =>
    {
        var gone = count == 0 ? [] : await transaction.Query<int>(
            "select kafka_partition from partition_life where kafka_partition >= @count", new { count });
        await transaction.ExecuteEach(
            """
            insert into partition_life (kafka_partition, alive_since, seen_at) values (@partition, @at, @at)
            on conflict (kafka_partition) do update set
              alive_since = case when partition_life.seen_at < @lost then excluded.alive_since else partition_life.alive_since end,
              seen_at = excluded.seen_at
            """,
            alive.Union(gone).Order()
                .Select(partition => new { partition, at = now.UnixMilliseconds, lost = (now - Gap).UnixMilliseconds }));
        return true;
    }, cancellation);
}
