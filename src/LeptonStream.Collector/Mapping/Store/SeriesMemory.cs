namespace LeptonStream.Collector.Mapping.Store;

/// <summary>The bytes that the series of all mappers of a process take, about. Any thread may ask.</summary>
/// <param name="limit">The most; beyond it new series are refused.</param>
internal sealed class SeriesMemory(long limit)
{
    // Objects, their places in three tables, and the last values; measured.
    private const int OfEntry = 300;
    private const int OfOutput = 200;
    private const int OfEntity = 300;
    private const int OfDistribution = 1500;

    private long _used;

    /// <summary>Bytes that are taken.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Whether nothing more fits in.</summary>
    public bool IsFull => Used >= limit;

    /// <summary>Takes bytes; negative ones are given back.</summary>
    public void Take(long bytes) => Interlocked.Add(ref _used, bytes);

    /// <summary>The bytes of an entry alone.</summary>
    public static long Of(SeriesEntry entry)
    {
        var isDistribution = entry.Role is SeriesRole.Histogram or SeriesRole.Exponential or SeriesRole.Family or SeriesRole.Summary;
        return OfEntry + (2L * entry.Text.Length) + (isDistribution ? OfDistribution : 0);
    }

    /// <summary>The bytes of an output alone.</summary>
    public static long Of(MappedSeries output) => OfOutput + (3L * output.Metric.Length);

    /// <summary>The bytes of an entity: its labels are there as JSON and as texts, most of which it shares with others.</summary>
    public static long Of(MappedEntity entity)
    {
        var bytes = OfEntity + (3L * entity.Model.Length) + entity.Head.Length + entity.Tail.Length;
        foreach (var (name, value) in entity.Labels) bytes += name.Length + value.Length;
        return bytes;
    }
}
