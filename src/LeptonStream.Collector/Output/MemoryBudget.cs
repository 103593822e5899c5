namespace LeptonStream.Collector.Output;

/// <summary>
/// The bytes of payloads that are read and not yet answered for. Whoever finds no room asks the sender to come again: memory is bounded
/// whatever the broker does. Any thread may ask.
/// </summary>
/// <param name="limit">The most bytes; a single payload may exceed it where nothing else is held.</param>
internal sealed class MemoryBudget(long limit)
{
    private long _used;

    /// <summary>Bytes held now.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>The most bytes.</summary>
    public long Limit => limit;

    /// <summary>Takes room where there is some.</summary>
    /// <param name="bytes">How much.</param>
    /// <param name="held">The bytes that the same payload holds already.</param>
    /// <returns>Whether it was taken; then <see cref="Release"/> gives it back.</returns>
    public bool TryTake(long bytes, long held = 0)
    {
        var used = Interlocked.Add(ref _used, bytes);
        if (used <= limit || used == held + bytes) return true;
        Release(bytes);
        return false;
    }

    /// <summary>Gives room back.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}
