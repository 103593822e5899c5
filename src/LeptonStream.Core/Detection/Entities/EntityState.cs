using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Pages;
using LeptonStream.Detection.Store;
using LeptonStream.Detection.Training;
using LeptonStream.Samples;
using LeptonStream.Series;
using LeptonStream.State;

namespace LeptonStream.Detection.Entities;

/// <summary>Everything that is known of one entity beyond its series. <see cref="EntityPipeline"/> is what acts on it.</summary>
internal sealed class EntityState
{
    // The memory learned from the rows; null while the entity has a single metric, as most of some fleets have.
    private EntityMemory? _memory;

    public EntityState(SeriesId id, SeriesKey key, EntityPipeline pipeline)
    {
        Id = id;
        Key = key;
        Pipeline = pipeline;
    }

    /// <summary>The entity's id.</summary>
    public SeriesId Id { get; }

    /// <summary>Its key: as a series, its metric is <see cref="EntityPipeline.Metric"/>.</summary>
    public SeriesKey Key { get; }

    /// <summary>The pipeline that judges it.</summary>
    public EntityPipeline Pipeline { get; private set; }

    /// <summary>Its model; null where its partition has forgotten it.</summary>
    public ModelState? Model { get; init; }

    /// <summary>Number of entities that its partition knew before it: the order in which they came.</summary>
    public long Number { get; set; }

    /// <summary>The number of the last snapshot that has it as it was; 0 for none.</summary>
    public int Cut { get; set; }

    /// <summary>Whether its partition has forgotten it.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>Number of its series, those without a place in its rows too.</summary>
    public int SeriesCount { get; set; }

    /// <summary>The last judgement of each of its metrics.</summary>
    public EntityRow Row { get; } = new();

    /// <summary>The knowledge that its rows have taught.</summary>
    public EntityMemory Memory => _memory ??= Pipeline.NewMemory(Id);

    /// <summary>The training run that it is, once a message carried a step; else null.</summary>
    public TrainingMonitor? Run { get; private set; }

    /// <summary>Is a training run from now on.</summary>
    public TrainingMonitor BeginRun(TrainingPolicy policy) => Run ??= new(policy);

    /// <summary>Is no training run any more.</summary>
    public void EndRun() => Run = null;

    /// <summary>Takes a series in; −1 where there is no place for it.</summary>
    /// <param name="series">The series.</param>
    /// <param name="now">Event time.</param>
    public int Join(SeriesState series, Timestamp now)
    {
        var place = Row.Join(series, now);
        DecideIsJudged();
        if (place >= 0 || HasAnyOpenAlert) return place;
        place = Row.TakeOver(series, now);
        if (place >= 0) _memory = null;
        return place;
    }

    /// <summary>Whether its own alert is pending.</summary>
    public bool IsPending => _memory is { Alert.Phase: AlertPhase.Pending };

    /// <summary>Whether its own alert is open.</summary>
    public bool HasOpenAlert => _memory is { Alert.Phase: AlertPhase.Open };

    /// <summary>Whether an alert of it, or of its training run, is open.</summary>
    public bool HasAnyOpenAlert => HasOpenAlert || Run is { HasOpen: true };

    /// <summary>Whether its metrics are judged together: where its policy says so.</summary>
    /// <remarks>Kept, since each sample asks: the row is two objects further on.</remarks>
    public bool IsJudged { get; private set; }

    /// <summary>Is judged by another policy from now on.</summary>
    public void MoveTo(EntityPipeline pipeline)
    {
        // A verdict is another policy: people may have said that it was no fault.
        if (pipeline != Pipeline) _memory?.Fault.Clear();
        if (pipeline.Policy.Memory != Pipeline.Policy.Memory) _memory?.Fit(pipeline.NewForest(Id));
        _memory?.Alert.Adopt(pipeline.Alerts, Pipeline.Alerts.Line.Rarity / pipeline.Alerts.Line.Rarity);
        Pipeline = pipeline;
        DecideIsJudged();
    }

    /// <summary>Takes its fault for none, be it that of an alert that is open still.</summary>
    public void DenyFault()
    {
        if (_memory is not { } memory) return;
        memory.Fault.Clear();
        memory.Numbers.Fault.Deny();
    }

    /// <summary>Writes everything a bit-equal copy needs, but the id, the key and the series.</summary>
    public void Save(StateWriter state)
    {
        Row.Save(state);
        state.Write(_memory is not null);
        _memory?.Save(state);
        state.Write(Run is not null);
        Run?.Save(state);
    }

    /// <summary>Reads what <see cref="Save"/> wrote on an entity of the same series.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state, TrainingPolicy training)
    {
        Row.Load(ref state);
        DecideIsJudged();
        _memory = null;
        if (state.ReadBoolean()) Memory.Load(ref state);
        Run = null;
        if (state.ReadBoolean()) BeginRun(training).Load(ref state);
    }

    private void DecideIsJudged() => IsJudged = Row.Count > 1 && Pipeline.IsOn;
}
