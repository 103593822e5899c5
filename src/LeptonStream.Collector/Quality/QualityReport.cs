using System.Buffers;
using Confluent.Kafka;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Output;
using LeptonStream.Collector.Scrape;
using LeptonStream.Output;
using LeptonStream.Resilience;
using LeptonStream.Series;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Collector.Quality;

/// <summary>
/// Writes the quality of each source once a minute, as series of the model that detectors judge like any other, and the targets that a
/// scrape job has lost, at once when that begins or ends. Labels tell the source, and of a topic the first partition that is read, so that
/// no two collectors write one series; names of collectors change with each rollout. For one thread.
/// </summary>
internal sealed partial class QualityReport(
    IntakeMapping mapping, ScrapeReach reach, IRecordSink sink, ISampleLog log, QualityHost host, TimeProvider time,
    ILogger<QualityReport> logger)
{
    private const long JustBefore = 1_000_000;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly ArrayBufferWriter<byte> _json = new(1024);
    private readonly Dictionary<string, Loss> _losses = [];
    private readonly Pace _pace = new(Every, time);

    /// <summary>Writes the scores when a minute is over; while Kafka does not take records they wait for the next.</summary>
    public async Task Round(CancellationToken stop)
    {
        if (sink.Trouble is not null) return;
        var isDue = _pace.IsDue();
        var nanoseconds = time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
        var records = new List<Message<byte[]?, byte[]?>>();
        if (isDue)
        {
            await LookElsewhere(nanoseconds, stop);
            foreach (var report in mapping.TakeQuality(nanoseconds)) Write(report, nanoseconds, records);
        }

        foreach (var (job, targets) in reach.Jobs) WriteLost(job, targets, isDue, nanoseconds, records);
        foreach (var gone in _losses.Keys.Except(reach.Jobs.Select(job => job.Key)).ToList()) _losses.Remove(gone);
        if (records.Count > 0) await sink.Send(records, static () => { }).WaitAsync(stop);
    }

    // A sender may have gone over to another replica, and one that opens a connection for each payload is heard by all of them.
    private async Task LookElsewhere(long now, CancellationToken stop)
    {
        var (all, less) = mapping.Qualities.Sent(now);
        if (all.Count > 0 && await log.Look(all, less, stop) is { } tail) mapping.Qualities.Fill(tail, now);
    }

    private void Write(ModelReport report, long now, List<Message<byte[]?, byte[]?>> records)
    {
        if (report.LeftCount > 0)
            Log.Left(logger, report.LeftCount, SafeText.OneLine(report.Source), SafeText.OneLine(report.LeftExample ?? ""));
        var labels = LabelsOf(report.Source);
        if (report.Partition is { } partition)
            labels = labels.With(("partition", partition.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        if (report.Score is { } score) records.Add(Record(new(report.Model, labels), score.Metrics, now));
        foreach (var notice in report.Notices)
        {
            var entity = new MappedEntity(report.Model, labels.With(("about", SeriesLabels.Bounded(notice.About))));
            // A code that stands there from the first is no news to the detector, and this one is.
            if (notice.IsNew) records.Add(Record(entity, [(notice.Metric, 0)], now - JustBefore));
            records.Add(Record(entity, [(notice.Metric, notice.Value)], now));
        }
    }

    private void WriteLost(string job, JobReach targets, bool isDue, long now, List<Message<byte[]?, byte[]?>> records)
    {
        var (lost, all) = targets.Count;
        var before = _losses.GetValueOrDefault(job);
        if (!isDue && lost > 0 == before.Lost > 0) return;
        // The model stays after a loss: its alert must find its end, and that takes minutes.
        var model = before is { HasLost: true, Model: { } known } ? known : mapping.Qualities.ModelOf(job) ?? targets.Model;
        if (model is null) return;
        var entity = new MappedEntity(model, LabelsOf(job));
        // Here too it is news.
        if (lost > 0 && before.Model != model) records.Add(Record(entity, Metrics(0, all), now - JustBefore));
        // While it lasts the number does not fall with each target that comes back: that would be a change each time.
        lost = lost > 0 ? Math.Max(lost, before.Lost) : 0;
        _losses[job] = new(lost, model, before.HasLost || lost > 0);
        records.Add(Record(entity, Metrics(lost, all), now));
    }

    private LabelSet LabelsOf(string source) =>
        host.Name is { } name ? LabelSet.Of(("collector", name), ("source", source)) : LabelSet.Of(("source", source));

    private static IEnumerable<(string Metric, double Value)> Metrics(int lost, int all) =>
        [("lepton.quality.targets_lost", lost), ("lepton.quality.targets", all)];

    private Message<byte[]?, byte[]?> Record(MappedEntity entity, IEnumerable<(string Metric, double Value)> metrics, long now)
    {
        MappedSample[] samples = [.. metrics.Select(part => new MappedSample(new(entity, part.Metric), part.Value))];
        _json.ResetWrittenCount();
        NativeMessages.Write(new(entity, now, -1, 0, samples.Length), samples, _json);
        return new() { Key = entity.Key, Value = _json.WrittenSpan.ToArray() };
    }

    private readonly record struct Loss(int Lost, string? Model, bool HasLost);

    private static partial class Log
    {
        [LoggerMessage(5026, LogLevel.Information,
            "{Count} senders of {Source} are silent while others go on, and are no longer waited for: {Example} is one")]
        public static partial void Left(ILogger logger, int count, string source, string example);
    }
}

/// <summary>The host whose own sources are judged, on an edge; no name in a collector, which judges those of everybody.</summary>
internal sealed record QualityHost(string? Name);
