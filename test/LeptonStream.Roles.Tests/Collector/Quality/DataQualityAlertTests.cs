using System.Buffers;
using LeptonStream.Alerts;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Output;
using LeptonStream.Collector.Quality;
using LeptonStream.Detection;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Roles.Tests.Collector.Quality;

/// <summary>A hole in collection is one alert of the source, and no more at its return.</summary>
public sealed class DataQualityAlertTests
{
    private const long Begin = 1_790_553_600;
    private const long Hour = 3600;

    private readonly MappedEntity _entity = new("m", LabelSet.Of(("host", "a")));
    private readonly MappedEntity _scores = new("m", LabelSet.Of(("collector", "c"), ("source", "job")));
    private readonly ArrayBufferWriter<byte> _json = new();

    [TestCase("hole", "completeness")]
    [TestCase("half", "completeness")]
    [TestCase("late", "timeliness")]
    public void AFault_IsOneAlertOfTheSourceThatNamesItsPart(string fault, string part)
    {
        var events = Run(fault).FindAll(e => !e.IsProgress);

        var opened = events.FindAll(e => e.Type == AlertEventType.Opened);
        Assert.That(opened, Has.Count.EqualTo(1), string.Join('\n', events.Select(e => $"{e.DetectedAt} {e.Type} {e.English.Summary}")));
        Assert.That(opened[0].RoutingLabels["alertname"], Is.EqualTo("LeptonStreamDataQuality"));
        Assert.That((opened[0].RoutingLabels["kind"], opened[0].RoutingLabels["source"]), Is.EqualTo(("data-quality", "job")));
        Assert.That(opened[0].DetectedAt.UnixSeconds, Is.InRange(Begin + (30 * Hour), Begin + (30 * Hour) + 180));
        Assert.That(opened[0].English.Description, Does.Contain("Lowest parts: ").And.Contain(part));
        Assert.That(opened[0].Chinese.Description, Does.Contain("最低的分项：").And.Contain("并不表示模型本身有问题"));
        Assert.That(events[^1].EndedReason, Is.EqualTo(EndedReason.Recovered));
    }

    [Test]
    public void ASourceThatIsSound_IsQuiet() => Assert.That(Run("").Select(e => e.English.Summary), Is.Empty);

    private List<AlertEvent> Run(string fault)
    {
        var (quality, random) = (new SourceQuality(), new Random(3));
        var partition = new PartitionPipeline("lepton.metrics", 0, DetectionPolicy.Default);
        var events = new List<AlertEvent>();
        for (var seconds = Begin; seconds < Begin + (34 * Hour); seconds += 10)
        {
            var isBad = seconds - Begin is >= 30 * Hour and < 31 * Hour;
            var now = seconds * 1_000_000_000;
            var age = (long)((0.2 + random.NextDouble() + (isBad && fault == "late" ? 60 : 0)) * 1e9);
            if (!(isBad && (fault == "hole" || (fault == "half" && random.Next(2) == 0))))
            {
                var batch = new MappedBatch();
                batch.Add(new MappedSeries(_entity, "x"), now - age, -1, 1);
                quality.Observe(batch, now);
            }

            if (seconds % 60 == 0 && quality.Score("m", now) is { } score)
                partition.Process(Message(score, now), seconds, Timestamp.FromUnixSeconds(seconds), events);
        }

        return events;
    }

    private ReadOnlySpan<byte> Message(in QualityScore score, long now)
    {
        MappedSample[] samples = [.. score.Metrics.Select(part => new MappedSample(new(_scores, part.Metric), part.Value))];
        _json.ResetWrittenCount();
        NativeMessages.Write(new(_scores, now, -1, 0, samples.Length), samples, _json);
        return _json.WrittenSpan;
    }
}
