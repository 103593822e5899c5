using LeptonStream.Alerts;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Peers;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Detection.Store;
using LeptonStream.Drift;
using LeptonStream.Explanations;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection.Events;

/// <summary>Makes the event of a change of a series' alert.</summary>
internal static class SeriesEvents
{
    public const string Kind = "series";

    // The label of alerts of drift, by which routes and actions find them.
    private const string Drift = "drift";

    // Alerts on how the data of a source come have a name and a label of their own.
    private const string DataQuality = "data-quality";

    // The detector of an event where the series itself says nothing any more.
    private const string Silence = "silence";

    /// <summary>Makes the event.</summary>
    /// <param name="sink">The sink that takes the event.</param>
    /// <param name="series">The series after the sample.</param>
    /// <param name="judgement">The verdict on the sample; its change is not <see cref="AlertChange.None"/>.</param>
    /// <param name="agreeing">The metrics of its entity that corroborate it, or null.</param>
    /// <param name="drift">The reading that the sample is a distance of, or null.</param>
    /// <param name="parts">The lowest parts of the quality that the sample is, or null.</param>
    public static AlertEvent Of(in EventSink sink, SeriesState series, in Judgement judgement, IReadOnlyList<string>? agreeing = null,
        DriftReading? drift = null, IReadOnlyList<QualityPart>? parts = null)
    {
        var (life, policy, sample) = (series.Alert, series.Policy, judgement.Sample);
        var detectors = Parts(series, judgement, agreeing is not null);
        var unit = policy.Unit;
        var bounds = policy.Bounds;
        // An alert keeps the sentence that it opened with; the description names the detector that scores highest now.
        var openedBy = judgement.Change == AlertChange.Opened ? null : series.OpenedBy;
        var facts = new AlertFacts(series.Key, life.Severity, judgement.Change, openedBy
            ?? detectors[0].Name, sample, bounds.Clamp(judgement.Band.Expected),
            bounds.Clamp(judgement.Band.Lower), bounds.Clamp(judgement.Band.Upper), life.Onset, life.Worst, unit,
            series.Pipeline.RecordSpanBefore(series, judgement), StandingOf(series, sample))
        {
            Policy = policy,
            Line = series.Pipeline.LineOf(series),
            History = series.History(sample.Time),
            LastSeen = series.LastTime,
            NormalSince = life.NormalSince(judgement.Change),
            Agreeing = agreeing ?? [],
            Moves = judgement.Change.IsEnd() ? [] : drift?.Moves() ?? [],
            Parts = judgement.Change.IsEnd() ? [] : parts ?? [],
            Held = HeldText.Of(life, series.Entity?.Model, policy),
            Missed = series.MissedBurst(sample.Time),
            Hang = series.Progress?.Hang(series),
            Returned = SeriesPipeline.ReturnOf(series, sample, judgement.Band.Expected) > 0 ? series.Fault!.Ended : null,
            NothingOf = judgement.Change == AlertChange.Gone ? series.NothingOf : null,
            Leading = detectors[0].Score > 0 ? detectors[0].Name : null,
        };
        return AlertEventFactory.Create(sink, series.Id, Kind, life, new()
        {
            Key = series.Key,
            Change = judgement.Change,
            Severity = life.Severity,
            Score = life.Worst,
            Confidence = EventFields.Confidence(SeriesPipeline.LearnedBy(series), series.History(sample.Time)),
            Value = sample.Value,
            Band = judgement.Band,
            Bounds = policy.Bounds,
            Unit = unit,
            Onset = life.Onset,
            DetectedAt = sample.Time,
            IntervalSeconds = series.IntervalSeconds,
            Step = sample.Step,
            Detectors = detectors,
            Points = series.Pipeline.PointsOf(series),
            English = EnglishText.Explain(facts),
            Chinese = ChineseText.Explain(facts),
            AlertName = facts.Kind == MetricKind.DataQuality ? "LeptonStreamDataQuality" : "LeptonStreamAnomaly",
            Kind = facts.Kind switch { MetricKind.DataDrift => Drift, MetricKind.DataQuality => DataQuality, _ => null },
            Runbook = policy.RunbookOf(series.Metric),
        });
    }

    /// <summary>The detector that scores highest of a sample.</summary>
    /// <param name="series">The series after the sample.</param>
    /// <param name="judgement">The verdict on the sample.</param>
    public static string LeadingOf(SeriesState series, in Judgement judgement) => Parts(series, judgement, isCorroborated: false)[0].Name;

    // One text names one value: the comparison may be some seconds older than the sample.
    private static PeerVerdict? StandingOf(SeriesState series, in Sample sample) => series.Peers is not { Score: >= 1 } peers ? null
        : double.IsFinite(sample.Value) ? peers.Membership.Verdict with { Value = sample.Value }
        : peers.Membership.Verdict;

    private static DetectorPart[] PartsOf(string rule, in Judgement judgement, bool isCorroborated)
    {
        var part = new DetectorPart(rule, judgement.Score, judgement.Score > 0 ? 1 : 0);
        return isCorroborated ? [part, new(DetectorSet.JointSurprise, judgement.Score, judgement.Score)] : [part];
    }

    private static DetectorPart[] Parts(SeriesState series, in Judgement judgement, bool isCorroborated)
    {
        var pipeline = series.Pipeline;
        if (judgement.Change == AlertChange.Gone) return [new(Silence, series.Alert.Worst, 0)];
        if (judgement.Rule is { } rule) return PartsOf(rule, judgement, isCorroborated);
        if (pipeline.DetectorCount == 0) return [series.Peers is { } only ? PartOf(only) : new(DetectorSet.NonFinite, 0, 0)];
        var parts = new DetectorPart[pipeline.DetectorCount];
        for (var i = 0; i < parts.Length; i++)
            parts[i] = pipeline.PartOf(i, series);
        // Stable: of equals the one that is asked first stays first. Who has nothing to say is left out, but for the loudest.
        var ordered = parts.OrderByDescending(p => p.Score).Where((p, i) => i == 0 || p.Score > 0);
        return series.Peers is { Score: > 0 } peers ? WithPeers(ordered, peers) : [.. ordered];
    }

    // The verdict of the siblings decides by itself: the scores of the others may be louder and yet not count, since gates and filters are
    // held against them together.
    private static DetectorPart[] WithPeers(IEnumerable<DetectorPart> parts, PeerScorer peers)
    {
        var part = PartOf(peers);
        return peers.IsLeading
            ? [part, .. parts.Where(p => p.Score > 0)]
            : [.. parts.Where(p => p.Score > 0).Append(part).OrderByDescending(p => p.Score)];
    }

    private static DetectorPart PartOf(PeerScorer peers)
    {
        var raw = peers.Score > 0 ? peers.Membership.Verdict.Score : 0;
        return new(DetectorSet.Peers, peers.Score, raw);
    }
}
