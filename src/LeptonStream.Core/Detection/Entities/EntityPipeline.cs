using System.Numerics;
using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Pages;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Store;
using LeptonStream.Detectors.Forest;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection.Entities;

/// <summary>
/// The way of one row through its entity: all metrics of one model and label set at one time, judged together. One for all entities of a
/// partition with the same policy.
/// </summary>
/// <remarks>
/// <code>
/// 1 learn   the row before, once the first value of a newer one is there
/// 2 score   the sum of the metrics' surprises beyond the sum that is usual in these minutes;
///           more where the forest finds the row of residuals unusual
/// 3 line    1.0 is the raw score that the entity's own past reaches once in its warning budget
/// 4 alert   where several metrics take part and none of these has an alert of its own
/// </code>
/// Raw scores are held against a calibrated line, not turned into rarities: they are made of rarities already, and keep their order so.
/// </remarks>
internal sealed class EntityPipeline
{
    /// <summary>The name under which an entity is a series of its own: in events, routes and policies.</summary>
    public const string Metric = "entity";

    private static readonly EntitiesTuning Tuning = EntitiesTuning.Default;

    // Rows before an entity can be judged.
    private static readonly int WarmUp = Tuning.WarmUp;

    // A surprise of some rows is expected to go on: a fifth of the way a row, and a fifth is left of one that goes on
    // for good.
    private static readonly double Habituation = Tuning.Habituation;
    private static readonly double Lasting = Tuning.Lasting;

    // An ordinary row scores 0.4 to 0.5; 2^16 spreads the rest over the bins of a calibrator.
    private const double Ordinary = 0.4;
    private const double Spread = 16;

    // The surprise that a row at the forest's own line adds.
    private static readonly double ForestShare = Tuning.ForestShare;

    // The deviation of one metric alone stays below the line, however long it lasts.
    private static readonly double OneAlone = Tuning.OneAlone;

    // No line below what one metric reaches once in ten samples.
    private static readonly double MinLine = Tuning.MinLine;

    private static readonly StreamingForestOptions Forest = new()
        { Trees = Tuning.ForestTrees, Cuts = Tuning.ForestCuts, Rows = Tuning.ForestRows, Memory = Tuning.ForestMemory };

    // A quarter of the memory: it finds half as much as the whole one, and twice as much as the largest residual (isolation-forest.md).
    private static readonly StreamingForestOptions LeanForest = Forest with { Trees = 16, Rows = 64 };

    // Anomalous rows for longer are no one trouble.
    private const double MostSeconds = 1e6;

    private readonly AlertTiming _timing;
    private readonly TreeBuilder _builder;
    private readonly float[] _residuals = new float[EntityRow.MaxMetrics];

    // The rarity, per five minutes, of one alarm in the budget.
    private readonly double _line;

    public EntityPipeline(DetectionPolicy detection, SeriesPolicy policy, TreeBuilder builder)
    {
        Policy = policy;
        _timing = detection.Timing;
        _builder = builder;
        var line = AlarmLine.OfEntity(policy);
        _line = line.Rarity;
        Alerts = AlertPlan.Of(policy, _timing, line);
    }

    /// <summary>The policy of the entities it judges.</summary>
    public SeriesPolicy Policy { get; }

    /// <summary>Whether entities are judged at all.</summary>
    public bool IsOn => !Policy.Ignore && Policy.Detectors.HasJointSurprise;

    /// <summary>How their alerts live.</summary>
    public AlertPlan Alerts { get; }

    /// <summary>
    /// The first state of an entity. Its forest's seed is its own, so that entities don't share their blind spots.
    /// </summary>
    public EntityMemory NewMemory(SeriesId id) =>
        new(new(Alerts), NewForest(id));

    /// <summary>A forest of an entity that has learned nothing, of the size that the policy gives it.</summary>
    public StreamingForest NewForest(SeriesId id) =>
        new((Policy.Memory == MemoryPlan.Lean ? LeanForest : Forest) with { Seed = (ulong)id.Value }, _builder);

    /// <summary>
    /// Judges the newest row of an entity of two metrics or more. Called once a message, whatever part of the row it brought.
    /// </summary>
    public EntityJudgement Judge(EntityState entity)
    {
        var (row, memory) = (entity.Row, entity.Memory);
        ref var numbers = ref memory.Numbers;

        // 1 learn
        var isNew = row.Time.UnixNanoseconds != numbers.RowNanoseconds;
        if (isNew) BeginRow(row, ref numbers);

        // 2 score
        var decades = Math.Log10(Math.Max(numbers.IntervalSeconds, 1e-3) / SeriesState.ReferenceSeconds);
        var isYoung = numbers.Learned < WarmUp;
        var forest = 0.0;
        if (Policy.Detectors.HasIsolationForest)
        {
            row.Residuals(_residuals);
            var raw = memory.Forest.Score(_residuals.AsSpan(0, row.Count));
            numbers.ForestRaw = raw <= 0 ? 0 : Math.Pow(2, Spread * (raw - Ordinary));
            if (!isYoung) forest = Math.Max(0, numbers.Forest.Rarity(numbers.ForestRaw, CalibrationPlan.Sharp,
                numbers.IntervalSeconds) + decades) / _line;
        }

        numbers.Surprise = row.Energy();
        var joint = Math.Max(numbers.Surprise - numbers.Usual, Lasting * numbers.Surprise);
        numbers.Raw = joint * (1 + (ForestShare * forest));

        // 3 line
        var score = isYoung ? 0 : numbers.Raw / Math.Max(MinLine, numbers.Joint.RawAt(_line - decades));
        numbers.IsAnomalous = score >= 1;
        if (isNew) numbers.ConsecutiveAnomalies = numbers.IsAnomalous ? numbers.ConsecutiveAnomalies + 1 : 0;
        if (isNew && Policy.Detectors.HasIsolationForest && (!numbers.IsAnomalous || numbers.ConsecutiveAnomalies > _timing.RelearnSamples))
            memory.Forest.Learn(_residuals.AsSpan(0, row.Count));

        // 4 alert
        var agreeing = score >= _timing.CalmBelow ? row.Contributors() : 0;
        if (BitOperations.PopCount(agreeing) < 2) agreeing = 0;
        return new(score, Observe(entity, agreeing == 0 ? Math.Min(score, OneAlone) : score, isNew, agreeing), agreeing, joint, forest);
    }

    /// <summary>The forest's own score of the newest row, 0 to 1; 0 while it warms up.</summary>
    public static double ForestScoreOf(EntityState entity)
    {
        var raw = entity.Memory.Numbers.ForestRaw;
        return raw > 0 ? Ordinary + (Math.Log2(raw) / Spread) : 0;
    }

    /// <summary>
    /// How much each metric has to do with the newest row's score: shares of what its surprises add up to, and of the forest's part in
    /// that.
    /// </summary>
    public void Explain(EntityState entity, double forest, Span<double> shares)
    {
        var row = entity.Row;
        shares.Clear();
        var weight = ForestShare * forest;
        if (weight > 0)
        {
            row.Residuals(_residuals);
            entity.Memory.Forest.Explain(_residuals.AsSpan(0, row.Count), shares);
        }

        var energy = row.Energy();
        for (var i = 0; i < row.Count; i++)
        {
            var surprise = energy > 0 ? row.SurpriseOf(i) / energy : 0;
            shares[i] = ((surprise * surprise) + (weight * shares[i])) / (1 + weight);
        }
    }

    private AlertChange Observe(EntityState entity, double score, bool isNew, ulong agreeing)
    {
        var memory = entity.Memory;
        ref var numbers = ref memory.Numbers;
        var (again, wasCritical) = (memory.Fault.ScoreOf(entity.Row, isNew, out var alike), memory.Alert.IsCritical);
        // A row that comes in parts is one observation, judged again where a part makes it worse.
        if (!isNew && Math.Max(score, again) <= numbers.Observed) return AlertChange.None;
        if (isNew) numbers.Before = numbers.Filters;
        numbers.Filters = numbers.Before;
        numbers.Observed = Math.Max(score, again);

        var damped = numbers.Filters.Spikes.Damp(score, 0, numbers.IntervalSeconds);
        var phase = memory.Alert.Phase;
        numbers.Contributors = (phase == AlertPhase.Quiet ? 0 : numbers.Contributors) | agreeing | alike;
        // The alert of one of them says it, and of the entity nothing is taken as said. One that opened long before is of other trouble.
        var lasted = TimeSpan.FromSeconds(Math.Min(numbers.ConsecutiveAnomalies * numbers.IntervalSeconds, MostSeconds));
        var since = entity.Row.Time - ModelBudget.Together - lasted;
        if (phase != AlertPhase.Open && entity.Row.HasOpenAlertAt(numbers.Contributors, since)) damped = 0;
        var novelty = numbers.Filters.Novelty.OfSharp(damped, known: 1);
        var seen = Math.Max(again, phase == AlertPhase.Quiet ? novelty : damped);
        if (phase == AlertPhase.Open) seen = Held(entity, seen, isNew);
        var age = entity.Row.Time - new Timestamp(numbers.FirstNanoseconds);
        var change = memory.Alert.Observe(new(seen, entity.Row.Time)
        {
            Needed = _timing.EnoughEvidence(age, numbers.IntervalSeconds),
            IsReturn = again >= 1,
            IsMuted = Policy.IsMutedAt(entity.Row.Time) || IsSaidByItsMetrics(entity),
            AcceptAfter = Policy.AcceptAfter,
            Entity = entity,
        });
        if (change == AlertChange.Opened && phase != AlertPhase.Open) Freeze(entity);
        else if (change.IsEnd()) End(entity, change);
        if (again >= 1 && memory.Alert is { IsCritical: true, IsPublished: true } && (change == AlertChange.Opened || !wasCritical))
            numbers.Fault.Return();
        return change;
    }

    // Behind a mute the alert of a metric is published at the same time as that of its entity.
    private static bool IsSaidByItsMetrics(EntityState entity) =>
        entity.Memory is { Alert: { Phase: AlertPhase.Open, IsSilent: true } alert }
        && entity.Row.HasOpenAlertAt(entity.Memory.Numbers.Contributors, alert.Onset);

    /// <summary>Takes that the alert of an entity has ended.</summary>
    /// <remarks>A fault that is no chance is known when it returns; what a young entity does may be what it does every few hours.</remarks>
    public void End(EntityState entity, AlertChange change)
    {
        var memory = entity.Memory;
        ref var numbers = ref memory.Numbers;
        if (change == AlertChange.Recovered && memory.Alert is { IsCritical: true, IsSilent: false })
        {
            var isFault = numbers.Fault.End(entity.Row.Time);
            if (isFault && memory.Alert.Onset - new Timestamp(numbers.FirstNanoseconds) >= _timing.YoungFor)
                memory.Fault.Keep(entity.Row, memory.Baselines, memory.Alert.Worst);
            else if (numbers.Fault.IsReturn) memory.Fault.Clear();
        }

        if (change == AlertChange.Accepted) memory.Fault.Clear();
        // Trouble that goes on when it comes back is news.
        if (change == AlertChange.Gone) numbers.Forget();
        memory.Baselines.Clear();
    }

    // A surprise becomes usual within rows: an open alert is held against its metrics' baselines from before. The last word of a metric
    // that says nothing any more is no trouble that goes on.
    private double Held(EntityState entity, double seen, bool isNew)
    {
        var (row, known, away) = (entity.Row, 0, 0);
        foreach (var (place, baseline) in entity.Memory.Baselines)
        {
            if (baseline.Side == 0 || row[place] is not { } series) continue;
            var newest = row.NewestOf(place).Sample;
            if (row.Time - newest.Time >= _timing.GoneFor(series.IntervalSeconds)) continue;
            known++;
            if (baseline.IsBack(newest)) continue;
            away++;
            if (isNew) baseline.Measure(newest);
        }

        if (isNew) entity.Memory.Numbers.Fault.See(away);
        return known == 0 ? seen : away > 0 ? Math.Max(1, seen) : 0;
    }

    private static void Freeze(EntityState entity)
    {
        var (row, memory) = (entity.Row, entity.Memory);
        memory.Baselines.Clear();
        memory.Numbers.Fault.Begin();
        for (var places = memory.Numbers.Contributors; places != 0; places &= places - 1)
        {
            var place = BitOperations.TrailingZeroCount(places);
            if (row[place] is not { } series) continue;
            var sample = row.NewestOf(place).Sample;
            if (!double.IsFinite(sample.Value)) continue;
            var baseline = series.Pipeline.BaselineBefore(series, sample, memory.Alert.Onset);
            baseline.Measure(sample);
            memory.Baselines.Add((place, baseline));
        }
    }

    private static void BeginRow(EntityRow row, ref EntityNumbers numbers)
    {
        if (numbers.FirstNanoseconds == 0 || row.Time - new Timestamp(numbers.RowNanoseconds) > SamplingInterval.Forgotten)
        {
            numbers.FirstNanoseconds = row.Time.UnixNanoseconds;
            numbers.IntervalSeconds = 0;
        }
        else
        {
            Learn(ref numbers);
            var seconds = row.Time.SecondsSince(new(numbers.RowNanoseconds));
            numbers.IntervalSeconds = SamplingInterval.After(
                numbers.IntervalSeconds, seconds, ref numbers.FarIntervals, numbers.Learned);
        }

        numbers.RowNanoseconds = row.Time.UnixNanoseconds;
    }

    private static void Learn(ref EntityNumbers numbers)
    {
        numbers.Usual += Habituation * (numbers.Surprise - numbers.Usual);
        if (numbers.Learned < int.MaxValue) numbers.Learned++;
        if (!numbers.Events.Admits(numbers.IsAnomalous)) return;
        numbers.Joint.Learn(numbers.Raw, CalibrationPlan.Sharp);
        if (numbers.ForestRaw > 0) numbers.Forest.Learn(numbers.ForestRaw, CalibrationPlan.Sharp);
    }
}
