using System.Buffers;
using Confluent.Kafka;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Output;
using LeptonStream.Collector.Scrape;
using LeptonStream.Resilience;
using LeptonStream.Series;

namespace LeptonStream.Collector.Quality;

/// <summary>
/// Writes the quality of each source once a minute, as series of the model that detectors judge like any other, and the targets that a
/// scrape job has lost, at once when that begins or ends. Labels tell the source and the collector, since each sees its own part. For one
/// thread.
/// </summary>
internal sealed class QualityReport(IntakeMapping mapping, ScrapeReach reach, IRecordSink sink, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly ArrayBufferWriter<byte> _json = new(1024);
    private readonly Dictionary<string, Loss> _losses = [];
    private readonly Pace _pace = new(Every, time);

    /// <summary>Writes the scores when a minute is over; while Kafka does not take records they wait for the next.</summary>
    public async Task Round()
    {
        if (sink.Trouble is not null) return;
        var isDue = _pace.IsDue();
        var nanoseconds = time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
        var records = new List<Message<byte[]?, byte[]?>>();
        if (isDue)
            foreach (var (source, model, score) in mapping.TakeQuality(nanoseconds))
                records.Add(Record(source, model, score.Metrics, nanoseconds));
        foreach (var (job, targets) in reach.Jobs) WriteLost(job, targets, isDue, nanoseconds, records);
        foreach (var gone in _losses.Keys.Except(reach.Jobs.Select(job => job.Key)).ToList()) _losses.Remove(gone);
        if (records.Count > 0) await sink.Send(records, static () => { });
    }

    private void WriteLost(string job, JobReach targets, bool isDue, long now, List<Message<byte[]?, byte[]?>> records)
    {
        var (lost, all) = targets.Count;
        var before = _losses.GetValueOrDefault(job);
        if (!isDue && lost > 0 == before.Lost > 0) return;
        // The model stays after a loss: its alert must find its end, and that takes minutes.
        var model = before is { HasLost: true, Model: { } known } ? known : mapping.ModelOf(job) ?? targets.Model;
        if (model is null) return;
        // A code that stands there from the first is no news to the detector, and this one is.
        if (lost > 0 && before.Model != model) records.Add(Record(job, model, Metrics(0, all), now - 1_000_000));
        // While it lasts the number does not fall with each target that comes back: that would be a change each time.
        lost = lost > 0 ? Math.Max(lost, before.Lost) : 0;
        _losses[job] = new(lost, model, before.HasLost || lost > 0);
        records.Add(Record(job, model, Metrics(lost, all), now));
    }

    private static IEnumerable<(string Metric, double Value)> Metrics(int lost, int all) =>
        [("lepton.quality.targets_lost", lost), ("lepton.quality.targets", all)];

    private Message<byte[]?, byte[]?> Record(string source, string model, IEnumerable<(string Metric, double Value)> metrics, long now)
    {
        var entity = new MappedEntity(model, LabelSet.Of(("collector", Environment.MachineName), ("source", source)));
        MappedSample[] samples = [.. metrics.Select(part => new MappedSample(new(entity, part.Metric), part.Value))];
        _json.ResetWrittenCount();
        NativeMessages.Write(new(entity, now, -1, 0, samples.Length), samples, _json);
        return new() { Key = entity.Key, Value = _json.WrittenSpan.ToArray() };
    }

    private readonly record struct Loss(int Lost, string? Model, bool HasLost);
}
