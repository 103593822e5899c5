namespace LeptonStream.Collector.Points;

/// <summary>
/// Reads the payloads of one wire format. An implementation may keep scratch memory: an instance belongs to one thread at a time.
/// No payload makes it throw.
/// </summary>
public interface IPayloadFormat
{
    /// <summary>The name in settings, logs and counters: <c>otlp_proto</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Adds the points of a payload to a batch, which the caller has cleared (or has not, to gather several payloads).
    /// Whatever was not taken is said in <see cref="PointBatch.Refusals"/>.
    /// </summary>
    /// <param name="payload">A message's value or a request's body, decompressed.</param>
    /// <param name="into">Takes the points. It keeps no reference to the payload.</param>
    /// <param name="limits">How much the payload may hold.</param>
    FormatOutcome Read(ReadOnlySpan<byte> payload, PointBatch into, in FormatLimits limits);
}
