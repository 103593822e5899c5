using LeptonStream.Alerts;
using LeptonStream.Collector.Intake;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Points;
using LeptonStream.Detection;
using LeptonStream.Samples;
using FormatLimits = LeptonStream.Collector.Points.FormatLimits;

namespace LeptonStream.Roles.Tests.Collector.Mapping;

/// <summary>The way of payloads through the collector into a partition of a detector, in process and by a clock that is given.</summary>
internal sealed class CollectedPartition(string source = "job")
{
    private readonly IntakeLane _lane = new();
    private readonly PointMapper _mapper = new(CollectorConfig.Default);
    private readonly PartitionPipeline _partition = new("lepton.metrics", 0, DetectionPolicy.Default);
    private readonly SourceContext _source = new(source);
    private long _offset;

    /// <summary>All events so far.</summary>
    public List<AlertEvent> Events { get; } = [];

    /// <summary>The samples that the detector judged or watched, as text: model, metric, value.</summary>
    public List<string> Judged { get; } = [];

    /// <summary>How many samples there were, those that are watched by step among them.</summary>
    public int Samples { get; private set; }

    /// <summary>Distributions that are watched.</summary>
    public int Distributions => _partition.DistributionCount;

    /// <summary>Events that open an alert.</summary>
    public List<AlertEvent> Opened => Events.FindAll(e => e.Type == AlertEventType.Opened);

    /// <summary>A sample as text.</summary>
    public static string TextOf(in JudgedSample sample) => $"{sample.Key.Model} {sample.Key.Metric} {sample.Sample.Value:R}";

    /// <summary>Takes a payload.</summary>
    /// <param name="format">The name of its format; null for the one that it looks like.</param>
    /// <param name="payload">As it came.</param>
    /// <param name="at">When.</param>
    /// <param name="encoding">How it is compressed.</param>
    /// <returns>Which parts were not taken and why; null where all were.</returns>
    public string? Take(string? format, byte[] payload, Timestamp at, string encoding = "")
    {
        var plain = _lane.Unpack(payload, encoding, FormatLimits.Default, out var packed);
        if (packed != RefusalReason.None) return packed.ToString();
        var reader = format is null ? _lane.Formats.ByLook(plain).Format : _lane.Formats.ByName(format);
        if (reader is null) return "no format that is known";
        if (_lane.Read(reader, plain, FormatLimits.Default) != FormatOutcome.Refused)
        {
            _lane.Map(_mapper, _source, at.UnixNanoseconds);
            _lane.Write(null);
        }

        _partition.Observer = (in JudgedSample sample) => Judged.Add(TextOf(sample));
        foreach (var record in _lane.Records)
        {
            var outcome = _partition.Process(record.Value, _offset++, at, Events);
            Assert.That(outcome.IsAccepted, Is.True, outcome.Detail);
            Samples += outcome.Samples;
        }

        return Refusals.Words(_lane, 0);
    }
}
