namespace LeptonStream.Collector.Edge.Output;

/// <summary>
/// By how much this host's clock is ahead of the broker's: the middle between sending and answer, less the time that the broker gave the
/// records. The quickest answer of a span counts, since it leaves the least room for error.
/// </summary>
internal sealed class ClockSkew
{
    private readonly Lock _lock = new();
    private TimeSpan _quickest = TimeSpan.MaxValue;
    private TimeSpan _skew;

    /// <summary>Takes an answer.</summary>
    /// <param name="sent">When the records were sent, by this host.</param>
    /// <param name="broker">The time that the broker gave them.</param>
    /// <param name="answered">When the answer came, by this host.</param>
    public void Observe(DateTimeOffset sent, DateTimeOffset broker, DateTimeOffset answered)
    {
        var took = answered - sent;
        lock (_lock)
        {
            if (took < TimeSpan.Zero || took >= _quickest) return;
            (_quickest, _skew) = (took, sent + (took / 2) - broker);
        }
    }

    /// <summary>The skew since the last call: positive where this host is ahead; null where there was no answer.</summary>
    public TimeSpan? Take()
    {
        lock (_lock)
        {
            TimeSpan? skew = _quickest == TimeSpan.MaxValue ? null : _skew;
            _quickest = TimeSpan.MaxValue;
            return skew;
        }
    }
}
