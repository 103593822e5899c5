using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using LeptonStream.Collector.Points;
using LeptonStream.Samples;

namespace LeptonStream.Collector.Formats;

/// <summary>
/// The <c>distributions</c> of native messages (docs/drift.md). The detector's own reader says whether it would take them: one that it
/// would refuse is refused here, where the sender gets the reason. They are passed on as they came.
/// </summary>
internal sealed class NativeDistributions
{
    // Any time that is believed.
    private static readonly Timestamp Time = Timestamp.FromUnixSeconds(1_700_000_000);

    private readonly NativeJsonFormat _reader = new(Samples.FormatLimits.Default);
    private readonly SampleBatch _read = new();
    private readonly ArrayBufferWriter<byte> _message = new(1024);

    /// <summary>Whether the detector would take them.</summary>
    /// <param name="distributions">The value of the field, as JSON.</param>
    /// <param name="detail">The fault for people.</param>
    public RefusalReason Check(ReadOnlySpan<byte> distributions, out string detail)
    {
        _message.ResetWrittenCount();
        _message.Write("""{"model":"m","ts":1700000000,"distributions":"""u8);
        _message.Write(distributions);
        _message.Write("}"u8);
        var reason = _reader.Read(_message.WrittenSpan, Time, _read, out var fault);
        detail = fault ?? "";
        return reason switch
        {
            RejectReason.None => RefusalReason.None,
            RejectReason.TooLarge => RefusalReason.TooLarge,
            RejectReason.TooMany => RefusalReason.TooManyPoints,
            RejectReason.TooDeep => RefusalReason.TooDeep,
            RejectReason.MissingField => RefusalReason.MissingField,
            RejectReason.NumberOutOfRange => RefusalReason.BadNumber,
            RejectReason.InvalidText => RefusalReason.TextTooLong,
            RejectReason.WrongType => RefusalReason.WrongType,
            _ => RefusalReason.Malformed,
        };
    }

    /// <summary>Adds a point for each entry that has a value.</summary>
    /// <param name="distributions">The field, which passed the check.</param>
    /// <param name="batch">Takes them.</param>
    /// <param name="like">A point with model, labels, time and step.</param>
    public static void Add(JsonElement distributions, PointBatch batch, in Point like)
    {
        if (distributions.ValueKind != JsonValueKind.Object) return;
        foreach (var entry in distributions.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Object) continue;
            if (!batch.MayAdd()) return;
            var name = batch.AddText(Encoding.UTF8.GetBytes(entry.Name));
            var json = batch.AddText(JsonMarshal.GetRawUtf8Value(entry.Value));
            ref var point = ref batch.Add();
            point = like with { Name = name, Kind = PointKind.Native };
            batch.AddDistribution().Json = json;
        }
    }
}
