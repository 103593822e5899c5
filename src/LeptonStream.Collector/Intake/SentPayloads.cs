namespace LeptonStream.Collector.Intake;

/// <summary>
/// The payloads of a source that are on their way to Kafka, and the newest that came. A sender that lost patience repeats a payload while
/// the first attempt is on its way: all its points are known then, and still nobody may say that Kafka has them. Any thread may ask.
/// </summary>
internal sealed class SentPayloads
{
    private const int MostKnown = 256;

    private readonly Lock _lock = new();
    private readonly List<SentPayload> _open = [];
    private readonly Queue<UInt128> _known = [];
    private long _count;

    /// <summary>A payload came.</summary>
    /// <param name="hash">The hash of its bytes and of its way.</param>
    public SentPayload Begin(UInt128 hash)
    {
        lock (_lock)
        {
            var payload = new SentPayload(++_count, _known.Contains(hash));
            _open.Add(payload);
            if (!payload.IsRepeated) _known.Enqueue(hash);
            if (_known.Count > MostKnown) _known.Dequeue();
            return payload;
        }
    }

    /// <summary>A payload was answered.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="isTaken">Whether Kafka has all that will ever be taken of it.</param>
    public void End(SentPayload payload, bool isTaken)
    {
        lock (_lock) _open.Remove(payload);
        payload.Done.SetResult(isTaken);
    }

    /// <summary>
    /// Waits for those that came before and whose points the mapping knows; false where Kafka has not taken all of them. Points of others
    /// are in nobody's way: they come again.
    /// </summary>
    public async Task<bool> AreTakenBefore(SentPayload payload)
    {
        Task<bool>[] earlier;
        lock (_lock) earlier = [.. _open.Where(other => other.Number < payload.Number && other.IsMapped).Select(other => other.Done.Task)];
        return Array.TrueForAll(await Task.WhenAll(earlier), static isTaken => isTaken);
    }
}

/// <summary>A payload on its way.</summary>
/// <param name="number">Its place among those of its source.</param>
/// <param name="isRepeated">Whether the same bytes came before.</param>
internal sealed class SentPayload(long number, bool isRepeated)
{
    private volatile bool _isMapped;

    public long Number => number;

    public bool IsRepeated => isRepeated;

    /// <summary>Whether the mapping has taken its points, or is about to.</summary>
    public bool IsMapped
    {
        get => _isMapped;
        set => _isMapped = value;
    }

    public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
