using LeptonStream.Alerts;
using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.EarlyWarning;
using LeptonStream.Detection.Engines;
using LeptonStream.Detection.Entities;
using LeptonStream.Detection.Habits;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Peers;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Training;
using LeptonStream.Detection.Weights;
using LeptonStream.Detectors;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Detection.Store;

/// <summary>Everything that is known of one series. <see cref="SeriesPipeline"/> makes it and is what acts on it.</summary>
public sealed partial class SeriesState
{
    /// <summary>Rarities are counted per five minutes, whatever the sampling interval.</summary>
    internal const double ReferenceSeconds = 300;

    /// <summary>Lines of the cache that it takes itself, without what it refers to.</summary>
    internal const int Lines = 4;

    private double _intervalSeconds;
    private RareState? _rare;
    private ChangeOnset _onset;
    private sbyte _place = -1;

    // That of its entity once it has one, which gives it model and labels.
    private SeriesKey _key;

    internal SeriesState(SeriesId id, SeriesKey key, SeriesPipeline pipeline, AlertLifecycle alert, Memory<byte> memory)
    {
        Id = id;
        _key = key;
        Metric = key.Metric;
        Pipeline = pipeline;
        Alert = alert;
        Memory = memory;
        Counter = Policy.Type == MetricType.Counter ? new() : null;
        if (Policy.Type == MetricType.EventCode) Code = new();
        Limit = Policy.Limit is { } limit ? new(limit) : null;
        Weight = WeightOf(Metric, Policy);
        Role = RoleOf(Metric, Policy);
        TakeEngineRole();
    }

    /// <summary>The series' id.</summary>
    public SeriesId Id { get; }

    /// <summary>The name of its metric.</summary>
    public string Metric { get; }

    /// <summary>The key of the series, made when it is asked for: events and policies need it, samples do not.</summary>
    public SeriesKey Key => _key.Metric == Metric ? _key : _key with { Metric = Metric };

    /// <summary>The life of its alert.</summary>
    public AlertLifecycle Alert { get; }

    /// <summary>Its policy.</summary>
    public SeriesPolicy Policy => Pipeline.Policy;

    /// <summary>The pipeline that judges it.</summary>
    internal SeriesPipeline Pipeline { get; private set; }

    /// <summary>Makes a rate of it, where it is a counter.</summary>
    internal CounterRate? Counter { get; private set; }

    /// <summary>The values that are no number and usual.</summary>
    internal ref NonFiniteHabit NonFinite => ref Rare.NonFinite;

    /// <summary>For how long its exporter has had no reading.</summary>
    internal ref LostReadings Blanks => ref Rare.Blanks;

    /// <summary>Ends what its exporter's blanks began: a reading came.</summary>
    internal void FindReading() => _rare?.Blanks.Found();

    /// <summary>Ends what values that are no number began: a number came.</summary>
    internal void FindNumber(Timestamp time) => _rare?.NonFinite.OnNumber(time);

    /// <summary>How a sample stands to its bursts. Only an anomalous sample makes it remember any.</summary>
    internal BurstSight SeeBursts(in Sample sample, double expected, bool isAnomalous)
    {
        if (_rare?.Bursts is not { } bursts)
        {
            if (!isAnomalous) return BurstSight.None;
            Rare.Bursts = bursts = new();
        }

        return bursts.See(sample, expected, isAnomalous, IntervalSeconds);
    }

    /// <summary>The burst that should have come by now and did not; null where there is none.</summary>
    internal MissedBurst? MissedBurst(Timestamp now) => _rare?.Bursts?.Missed(now);

    /// <summary>Which of its charted points may be the onset of an alert.</summary>
    internal ref ChangeOnset Onset => ref _onset;

    /// <summary>The baseline from before the open alert; null where none is open, or nothing was known.</summary>
    internal FrozenBaseline? Baseline
    {
        get => _rare?.Baseline;
        set
        {
            if (value is not null || _rare is not null) Rare.Baseline = value;
        }
    }

    /// <summary>The fault of the critical alert that recovered last; null where none did, or the policy changed since.</summary>
    internal KnownFault? Fault
    {
        get => _rare?.Fault;
        set
        {
            if (value is not null || _rare is not null) Rare.Fault = value;
        }
    }

    /// <summary>The detector that opened its alert; null where none ever was.</summary>
    internal string? OpenedBy
    {
        get => _rare?.OpenedBy;
        set => Rare.OpenedBy = value;
    }

    /// <summary>
    /// Whether its alert is of a level, which could become the usual one: codes, readings that are none, and an engine that makes no
    /// progress are none.
    /// </summary>
    internal bool IsLevel => Code is null && OpenedBy != DetectorSet.NoProgress && !IsOfReadings;

    /// <summary>
    /// Whether its alert began with readings that were none, and is one of the level that the values have had since: it could become the
    /// usual one.
    /// </summary>
    internal bool IsLevelSince => IsOfReadings && Baseline is { Side: not 0 };

    /// <summary>Log time of its last sample.</summary>
    internal Timestamp Heard { get; set; } = Timestamp.Never;

    /// <summary>Its role in an inference engine; <see cref="EngineRole.None"/> where it has none.</summary>
    internal EngineRole Engine { get; private set; }

    /// <summary>The denominator of its last sample where that is 0: the sample says nothing. Null else.</summary>
    internal string? NothingOf => Weight is { } weight && weight.DenominatorOf(this, LastTime) == 0 ? weight.Name : null;

    /// <summary>Whether its sample is judged after the others of a message, since it depends on them.</summary>
    internal bool AwaitsOthers => Weight is not null || Progress is not null;

    /// <summary>The entity it belongs to.</summary>
    internal EntityState? Entity
    {
        get;
        set
        {
            field = value;
            if (value is not null) _key = value.Key;
        }
    }

    /// <summary>Number of series that its partition knew before it: the order in which they came.</summary>
    internal long Number { get; set; }

    /// <summary>Its place in the queue of silent series: log time in nanoseconds at which it is looked at again.</summary>
    internal long SilenceDue { get; set; }

    /// <summary>Bytes that it counts for in its partition.</summary>
    internal int Bytes { get; set; }

    /// <summary>The number of the last snapshot that has it as it was; 0 for none.</summary>
    internal int Cut { get; set; }

    /// <summary>The series that was looked up after it the last time; null where there was none.</summary>
    internal SeriesState? Follower { get; set; }

    /// <summary>Whether its partition has forgotten it.</summary>
    internal bool IsForgotten { get; set; }

    /// <summary>Whether policies ignore it since a change of them, or take its numbers for something else.</summary>
    internal bool IsUnwatched { get; set; }

    /// <summary>Whether a warning is open about a limit that its policy no longer has.</summary>
    internal bool HasOtherLimit => Limit is { Phase: not LimitPhase.Quiet } && Limit.Limit != Policy.Limit;

    /// <summary>Whether it must not be forgotten yet: an alert of it or of its entity is open.</summary>
    internal bool IsHeld => HasOpenAlert || Entity is { HasAnyOpenAlert: true };

    /// <summary>Its place in the rows of its entity; −1 where it has none.</summary>
    internal int Place
    {
        get => _place;
        // Below EntityRow.MaxMetrics.
        set => _place = (sbyte)value;
    }

    /// <summary>
    /// Its role in a training run; <see cref="TrainingRole.None"/> where training mode has no use for it, or its policy has none
    /// for training mode.
    /// </summary>
    internal TrainingRole Role { get; private set; }

    /// <summary>Time of its first sample.</summary>
    public Timestamp FirstTime { get; set; }

    /// <summary>Time of its newest sample.</summary>
    public Timestamp LastTime { get; set; } = Timestamp.Never;

    /// <summary>Age of the series at a time; null where it had no sample yet.</summary>
    internal TimeSpan? History(Timestamp now) => LastTime.IsNever ? null : now - FirstTime;

    /// <summary>The usual time between two samples, in seconds; 0 until there were two.</summary>
    public double IntervalSeconds
    {
        get => _intervalSeconds;
        set
        {
            if (value == _intervalSeconds) return;
            _intervalSeconds = value;
            IntervalDecades = Math.Log10(Math.Max(value, 1e-3) / ReferenceSeconds);
        }
    }

    /// <summary>
    /// The interval against five minutes, as a power of ten: what rarities counted per sample lack to those counted per time.
    /// </summary>
    public double IntervalDecades { get; private set; } = Math.Log10(1e-3 / ReferenceSeconds);

    /// <summary>The numbers of its detectors, windows and forecast, where <see cref="SeriesLayout"/> says.</summary>
    internal Memory<byte> Memory { get; private set; }

    /// <summary>Whether an alert of it is open.</summary>
    internal bool HasOpenAlert => Alert.Phase == AlertPhase.Open || Limit is { Phase: not LimitPhase.Quiet };

    /// <summary>Is judged by another policy from now on, with what it has learned.</summary>
    internal void MoveTo(SeriesPipeline pipeline)
    {
        Memory = pipeline.Move(this, Pipeline);
        Adopt(pipeline);
        if (pipeline != Pipeline) Fault = null;
        Baseline?.Adopt(Policy.Direction, pipeline.Policy.Direction);
        if (pipeline.Policy.WeightBy != Policy.WeightBy) Weight = WeightOf(Metric, pipeline.Policy);
        Pipeline = pipeline;
        Role = RoleOf(Metric, Policy);
        TakeEngineRole();
        RenewLimit();
    }

    /// <summary>Takes its fault for none, be it that of an alert that is open still.</summary>
    internal void DenyFault(Timestamp now) => Fault = Baseline is { Side: not 0 } open ? KnownFault.Denied(open, now) : null;

    /// <summary>Begins again as another kind of number, of which this is the first.</summary>
    internal void BeginAs(SeriesPipeline pipeline, in Sample first)
    {
        Pipeline.Return(this);
        Memory = pipeline.NewMemory();
        Adopt(pipeline);
        Pipeline = pipeline;
        _rare = null;
        FirstTime = first.Time;
        Counter = new();
        Counter.Convert(first, out _);
    }

    /// <summary>Watches the limit of the policy, if it is not the one that is watched and no warning about that one is open.</summary>
    internal void RenewLimit()
    {
        if (Limit is { Phase: not LimitPhase.Quiet } || Limit?.Limit == Policy.Limit) return;
        Limit = Policy.Limit is { } limit ? new(limit) : null;
    }

    /// <summary>Whether a rule opened its alert, whose findings are held against the line of news.</summary>
    internal bool IsOfRule => Code is not null || IsOfReadings || OpenedBy == ConstantChangeDetector.RuleName;

    private bool IsOfReadings => Code is null
        && OpenedBy is DetectorSet.NonFinite or FrozenValueDetector.RuleName or LostReadings.RuleName;

    private RareState Rare => _rare ??= new();

    // Codes and readings that are none have one score whatever the line.
    private void Adopt(SeriesPipeline pipeline) => Alert.Adopt(pipeline.Alerts, Code is not null
        || OpenedBy is DetectorSet.NonFinite or LostReadings.RuleName ? 1
            : Pipeline.LineOfOpen(this).Rarity / pipeline.LineOfOpen(this).Rarity);

    private void TakeEngineRole()
    {
        Engine = EngineRoles.Of(Policy);
        Progress = Engine.IsProgress() && Policy.Detectors.HasNoProgress ? Progress ?? new() : null;
    }

    // A rule for all series names the denominator, too, and that counts as it is.
    private static SampleWeight? WeightOf(string metric, SeriesPolicy policy) =>
        policy.WeightBy is { } name && name != metric && name != policy.Preset?.Canonical ? new(name) : null;

    private static TrainingRole RoleOf(string metric, SeriesPolicy policy) =>
        policy.Detectors.HasTraining ? TrainingRoles.Of(metric) : TrainingRole.None;
}
