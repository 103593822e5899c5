using LeptonStream.Collector.Points;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// Prometheus remote write 1.0 and 2.0: a protobuf message in a snappy block. A body that was decompressed on its way is read too.
/// Native histograms are taken; the buckets of classic ones are series of their own (<see cref="PointFlags.Part"/>), since a request need
/// not hold all of them.
/// </summary>
internal sealed class RemoteWriteFormat(bool isSecond) : IPayloadFormat
{
    private readonly RemoteWriteMetadata _metadata = new();
    private readonly List<Text> _symbols = [];

    public string Name => isSecond ? "prometheus_remote_write_2" : "prometheus_remote_write";

    public FormatOutcome Read(ReadOnlySpan<byte> payload, PointBatch into, in FormatLimits limits)
    {
        if (into.Begin(payload, limits) is { } refused) return refused;
        var reason = SnappyBlock.TryRead(payload, into, limits.DecompressedBytes, out var plain);
        if (reason == RefusalReason.TooLargeDecompressed)
            return into.RefuseAll(reason, $"more than {limits.DecompressedBytes} bytes once it is decompressed");
        if (reason != RefusalReason.None)
        {
            if (!LooksPlain(payload)) return into.RefuseAll(reason, "neither a snappy block nor the message that one holds");
            plain = into.AddText(payload);
        }

        return ReadPlain(into, plain);
    }

    /// <summary>Whether it may be the message itself, without compression: its first tag.</summary>
    private bool LooksPlain(ReadOnlySpan<byte> payload) =>
        isSecond ? payload[0] is Symbols or SecondSeries : payload[0] is FirstSeries or Metadata;

    private FormatOutcome ReadPlain(PointBatch into, Text plain)
    {
        // The batch's memory may move while points are added, so that the message is walked in a copy of its own.
        var message = _message.AsSpan();
        if (message.Length < plain.Length) message = _message = new byte[Math.Max(plain.Length, 2 * _message.Length)];
        message = message[..plain.Length];
        into.BytesOf(plain).CopyTo(message);
        var walk = new RemoteWriteWalk(message, into, plain.Start, _metadata, _symbols);
        if (isSecond) walk.ReadSecond();
        else walk.ReadFirst();
        if (_message.Length > MostBytesKept) _message = [];
        return walk.Fault is { } fault ? into.RefuseAll(RefusalReason.Malformed, fault) : into.End();
    }

    private const byte FirstSeries = (1 << 3) | 2;
    private const byte Metadata = (3 << 3) | 2;
    private const byte Symbols = (4 << 3) | 2;
    private const byte SecondSeries = (5 << 3) | 2;
    private const int MostBytesKept = 4 << 20;
    private byte[] _message = [];
}
