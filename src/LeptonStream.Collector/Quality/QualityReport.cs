using System.Buffers;
using Confluent.Kafka;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Output;
using LeptonStream.Resilience;
using LeptonStream.Series;

namespace LeptonStream.Collector.Quality;

/// <summary>
/// Writes the quality of each source once a minute, as series of the model that detectors judge like any other. Labels tell the source and
/// the collector, since each sees its own part. For one thread.
/// </summary>
internal sealed class QualityReport(IntakeMapping mapping, IRecordSink sink, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly ArrayBufferWriter<byte> _json = new(1024);
    private readonly Pace _pace = new(Every, time);

    /// <summary>Writes the scores when a minute is over; while Kafka does not take records they wait for the next.</summary>
    public async Task Round()
    {
        if (sink.Trouble is not null || !_pace.IsDue()) return;
        var nanoseconds = time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
        var records = new List<Message<byte[]?, byte[]?>>();
        foreach (var (source, model, score) in mapping.TakeQuality(nanoseconds)) records.Add(Record(source, model, score, nanoseconds));
        if (records.Count > 0) await sink.Send(records, static () => { });
    }

    private Message<byte[]?, byte[]?> Record(string source, string model, in QualityScore score, long now)
    {
        var entity = new MappedEntity(model, LabelSet.Of(("collector", Environment.MachineName), ("source", source)));
        MappedSample[] samples = [.. score.Metrics.Select(part => new MappedSample(new(entity, part.Metric), part.Value))];
        _json.ResetWrittenCount();
        NativeMessages.Write(new(entity, now, -1, 0, samples.Length), samples, _json);
        return new() { Key = entity.Key, Value = _json.WrittenSpan.ToArray() };
    }
}
