using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Text;
using Confluent.Kafka;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Output;
using LeptonStream.Collector.Points;
using LeptonStream.Health;
using LeptonStream.Output;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Collector.Intake;

/// <summary>
/// The way of one payload that somebody sends: (1) decompress, (2) read its points, (3) map them, (4) write records, (5) send them and wait
/// for Kafka, (6) answer. Any thread may call it.
/// </summary>
internal sealed partial class PayloadIntake(
    IntakeMapping mapping, IRecordSink sink, IOptions<CollectorOptions> options, CollectorMetrics metrics, TimeProvider time,
    ILogger<PayloadIntake> logger)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    private readonly ConcurrentBag<IntakeLane> _lanes = [];
    private readonly FormatLimits _limits = FormatLimits.Default with
    {
        Bytes = options.Value.MaxDecompressedBytes,
        DecompressedBytes = options.Value.MaxDecompressedBytes,
    };

    private long _repeated;
    private string? _lastRepeated;

    /// <summary>The answer to whoever comes now, before anything is read; null where a payload can be taken.</summary>
    public IntakeReport? Hold(IntakeSource source)
    {
        if (sink.Trouble is { } trouble) return IntakeReport.Later(IntakeOutcome.Busy, $"Kafka does not take records: {trouble}", Soon);
        if (source.Hold() is { } hold) return IntakeReport.Later(IntakeOutcome.Limited, $"{source.Name} sends {hold.Reason}", hold.Wait);
        return null;
    }

    /// <summary>Says what was lost without a refusal since the last call.</summary>
    public void Report(TroubleLog troubles) => troubles.Count("points lost to others of the same series and time", "duplicate",
        Interlocked.Exchange(ref _repeated, 0), Volatile.Read(ref _lastRepeated));

    /// <summary>Takes a payload.</summary>
    /// <param name="payload">The payload and where it came from.</param>
    /// <returns>The answer, once Kafka has acknowledged every record or has failed.</returns>
    public async Task<IntakeReport> Take(IntakePayload payload)
    {
        var sent = payload.Source.Sent.Begin(HashOf(payload));
        var isTaken = false;
        try
        {
            var report = await Take(payload, sent);
            isTaken = !report.IsLater;
            return report;
        }
        finally
        {
            payload.Source.Sent.End(sent, isTaken);
        }
    }

    private static UInt128 HashOf(IntakePayload payload) => XxHash128.HashToUInt128(payload.Bytes.Span,
        (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{payload.From.Source} {payload.Format} {payload.Encoding}")))
        + payload.From.Labels.Hash;

    private async Task<IntakeReport> Take(IntakePayload payload, SentPayload sent)
    {
        if (!_lanes.TryTake(out var lane)) lane = new();
        IntakeReport report;
        List<Message<byte[]?, byte[]?>> records;
        bool isKnown;
        try
        {
            lane.IsRepeated = sent.IsRepeated;
            report = TryConvert(lane, payload, sent);
            isKnown = sent.IsRepeated || lane.Mapped.CountOf(DropReason.Duplicate) > 0;
            records = lane.Records;
            payload.Source.Charge(payload.Bytes.Length, lane.Points.Points.Length);
            metrics.Took(payload.From.Source, lane, report);
        }
        finally
        {
            _lanes.Add(lane);
        }

        if (report.Outcome is not (IntakeOutcome.Written or IntakeOutcome.Partial)) return report;

        // :: (5) Send.
        if (records.Count > 0) report = await Send(payload, records, report);
        return !isKnown || report.IsLater || await payload.Source.Sent.AreTakenBefore(sent) ? report
            : IntakeReport.Later(IntakeOutcome.Busy, "Kafka has not taken an earlier payload with the same points", Soon);
    }

    private async Task<IntakeReport> Send(IntakePayload payload, List<Message<byte[]?, byte[]?>> records, IntakeReport report)
    {
        var result = await sink.Send(records, payload.HandOver());
        metrics.Sent(result);
        if (!result.IsDone) return IntakeReport.Later(IntakeOutcome.Busy, $"Kafka does not take records: {result.Reason}", Soon);
        return result.Refused == 0 ? report : report with
        {
            Outcome = IntakeOutcome.Partial,
            Rejected = report.Rejected + result.Refused,
            Reason = $"{(report.Reason is { } reason ? reason + "; " : "")}{result.Refused} records are refused by Kafka for good",
        };
    }

    // A defect of this program: the sender would repeat a payload that fails each time, so it is refused.
    private IntakeReport TryConvert(IntakeLane lane, IntakePayload payload, SentPayload sent)
    {
        try
        {
            return Convert(lane, payload, sent);
        }
        catch (Exception defect) when (defect is not OutOfMemoryException)
        {
            Log.Defect(logger, defect, payload.From.Source);
            lane.Begin();
            return IntakeReport.Refusal(IntakeOutcome.Refused, "the collector failed on this payload; its log says why");
        }
    }

    private IntakeReport Convert(IntakeLane lane, IntakePayload payload, SentPayload sent)
    {
        // :: (1) Decompress.
        var plain = lane.Unpack(payload.Bytes.Span, payload.Encoding, _limits, out var packed);
        if (packed != RefusalReason.None) return PackedBadly(packed, payload.Encoding);
        if (plain.Length > payload.Bytes.Length && !payload.TryTakeRoom(plain.Length - payload.Bytes.Length))
            return IntakeReport.Later(IntakeOutcome.Busy, "too much waits for Kafka", Soon);
        if (lane.Formats.ByName(payload.Format) is not { } format)
            return IntakeReport.Refusal(IntakeOutcome.Unsupported, $"the format {payload.Format} is not read");

        // A message of protobuf without anything has no bytes; OTLP wants it to be a success.
        if (plain.IsEmpty && format.Name == "otlp_proto") return new(IntakeOutcome.Written, 0, 0, null);

        // :: (2) Read.
        if (lane.Read(format, plain, _limits) == FormatOutcome.Refused)
        {
            var reason = Refusals.Words(lane, 0) ?? "nothing could be read";
            return IntakeReport.Refusal(Refusals.ReasonOf(lane.Points) is RefusalReason.TooLarge or RefusalReason.TooLargeDecompressed
                ? IntakeOutcome.TooLarge : IntakeOutcome.Refused, reason);
        }

        // Refused before the mapping learns the points, which come again in parts, or later. One payload alone may have more than
        // there is room for, up to twice as much: one that never gets its room would come again without end.
        if (!lane.MayBecomeRecords(2L * options.Value.MaxPendingBytes, out var room))
            return IntakeReport.Refusal(IntakeOutcome.TooLarge, lane.TooMuch!);
        if (!payload.TryTakeRoom(room)) return IntakeReport.Later(IntakeOutcome.Busy, "too much waits for Kafka", Soon);

        // :: (3) Map.
        sent.IsMapped = true;
        mapping.Map(lane, payload.From, payload.Source.Name, time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000);

        // :: (4) Write.
        lane.Write(payload.Source.Series);
        payload.GiveBack(Math.Max(0, room - lane.RecordBytes));
        if (lane.TooMuch is { } tooMuch) return IntakeReport.Refusal(IntakeOutcome.TooLarge, tooMuch);
        var rejected = Refusals.Count(lane);
        var points = lane.Points.Points.Length;
        var accepted = Math.Max(0, points - (rejected - lane.Points.FaultCount));
        return new(rejected == 0 ? IntakeOutcome.Written : accepted == 0 ? IntakeOutcome.Refused : IntakeOutcome.Partial,
            accepted, rejected, Refusals.Words(lane, options.Value.SourceSeries))
        {
            Histograms = HistogramsOf(lane.Points),
            Repeated = CountRepeated(lane, payload.From.Source),
        };
    }

    private int CountRepeated(IntakeLane lane, string source)
    {
        var count = Refusals.Repeated(lane, out var series);
        if (count == 0) return 0;
        Interlocked.Add(ref _repeated, count);
        Volatile.Write(ref _lastRepeated, $"{series} by {source}");
        return count;
    }

    private IntakeReport PackedBadly(RefusalReason reason, string encoding) => reason switch
    {
        RefusalReason.Unsupported => IntakeReport.Refusal(IntakeOutcome.Unsupported,
            $"Content-Encoding is '{SafeText.OneLine(encoding)}': it may be identity, {string.Join(", ", Decompressor.Encodings)}"),
        RefusalReason.TooLarge or RefusalReason.TooLargeDecompressed => IntakeReport.Refusal(IntakeOutcome.TooLarge,
            $"decompressed, the body has more than {_limits.DecompressedBytes} bytes (Collector:MaxDecompressedBytes)"),
        _ => IntakeReport.Refusal(IntakeOutcome.Refused, $"the body is no {encoding}: {Refusals.NameOf(reason)}"),
    };

    private static int HistogramsOf(PointBatch points)
    {
        var count = 0;
        foreach (ref readonly var point in points.Points)
            if (point.Kind is PointKind.Histogram or PointKind.ExponentialHistogram) count++;
        return count;
    }

    private static partial class Log
    {
        [LoggerMessage(5012, LogLevel.Error, "A payload of {Source} made the collector fail, and is refused")]
        public static partial void Defect(ILogger logger, Exception defect, string source);
    }
}

/// <summary>A payload, and where it came from.</summary>
/// <param name="Bytes">As it came.</param>
/// <param name="Encoding">How it is compressed, in the words of <c>Content-Encoding</c>; empty where it is not.</param>
/// <param name="Format">The name of its format.</param>
/// <param name="Source">Whoever sent it.</param>
/// <param name="From">The way that it came, for the mapping.</param>
/// <param name="TryTakeRoom">Takes room in memory for further bytes.</param>
/// <param name="GiveBack">Gives back some of that room.</param>
/// <param name="HandOver">Hands the room over; it is given back by the action that comes back.</param>
internal sealed record IntakePayload(
    ReadOnlyMemory<byte> Bytes, string Encoding, string Format, IntakeSource Source, SourceContext From, Func<long, bool> TryTakeRoom,
    Action<long> GiveBack, Func<Action> HandOver);
