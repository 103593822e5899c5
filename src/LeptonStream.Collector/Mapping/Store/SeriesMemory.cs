namespace LeptonStream.Collector.Mapping.Store;

/// <summary>The bytes that the series of all mappers of a process take, about. Any thread may ask.</summary>
/// <param name="limit">The most; a sender that comes near it has its new series refused.</param>
internal sealed class SeriesMemory(long limit)
{
    // Objects, their places in three tables, and the last values; measured.
    private const int OfEntry = 300;
    private const int OfOutput = 200;
    private const int OfEntity = 300;
    private const int OfDistribution = 1500;

    // Of three quarters a sender may have four times as much as is left for others. The last quarter is for all alike: whoever comes when
    // others have taken theirs finds room there.
    private const long OfFree = 4;
    private const double Common = 0.75;
    private const int LeastSenders = 64;

    private long _used;
    private int _senders;

    /// <summary>Bytes that are taken.</summary>
    public long Used => Interlocked.Read(ref _used);

    private long Free => Math.Max(0, (long)(Common * limit) - Used);

    private long Guaranteed => (long)((1 - Common) * limit) / Math.Max(LeastSenders, Volatile.Read(ref _senders));

    private void Take(long bytes) => Interlocked.Add(ref _used, bytes);

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

    /// <summary>
    /// The bytes of one sender: however many series one makes up, there is room for those of its neighbours. For one thread at a time.
    /// </summary>
    internal sealed class Share(SeriesMemory of)
    {
        private long _used;

        /// <summary>Whether it may take nothing more.</summary>
        public bool IsFull => _used >= Math.Max(OfFree * of.Free, of.Guaranteed);

        /// <summary>Takes bytes; negative ones are given back.</summary>
        public void Take(long bytes)
        {
            var before = _used;
            _used += bytes;
            of.Take(bytes);
            if (before == 0 && _used > 0) Interlocked.Increment(ref of._senders);
            else if (before > 0 && _used == 0) Interlocked.Decrement(ref of._senders);
        }
    }
}
