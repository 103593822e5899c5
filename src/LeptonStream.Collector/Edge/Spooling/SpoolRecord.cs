namespace LeptonStream.Collector.Edge.Spooling;

/// <summary>A record of a <see cref="Spool"/>.</summary>
/// <param name="Sequence">Its number: it grows along the spool, with gaps at restarts, and is never given twice.</param>
/// <param name="Time">When it was written, in milliseconds since 1970.</param>
/// <param name="Key">Its key; may be empty.</param>
/// <param name="Value">Its value.</param>
internal readonly record struct SpoolRecord(long Sequence, long Time, byte[] Key, byte[] Value)
{
    /// <summary>Bytes of key and value.</summary>
    public int Bytes => Key.Length + Value.Length;
}
