namespace LeptonStream.Detector;

/// <summary>Bounds of a batch, whatever producers send.</summary>
/// <param name="Samples">The most samples judged in one round; the record at hand is finished.</param>
/// <param name="Bytes">The most bytes of records gathered; one record may exceed it.</param>
/// <param name="PublishBytes">From how many bytes on events and dead letters are published in the middle of a batch.</param>
internal sealed record BatchBounds(int Samples, long Bytes, long PublishBytes)
{
    /// <summary>A fraction of a second's work, and tens of megabytes of memory.</summary>
    public static BatchBounds Default { get; } = new(Samples: 250_000, Bytes: 32 * 1024 * 1024, PublishBytes: 8 * 1024 * 1024);
}
