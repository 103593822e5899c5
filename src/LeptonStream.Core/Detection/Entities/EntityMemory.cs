using System.Runtime.InteropServices;
using LeptonStream.Detection.Calibration;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Detectors.Forest;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Entities;

/// <summary>The knowledge that the rows of an entity have taught: about 6 KB for eight metrics, nearly all of it the forest.</summary>
internal sealed class EntityMemory(AlertLifecycle alert, StreamingForest forest)
{
    // Chosen by hand: metrics of one fault do not all leave their bands in the same row.
    private static readonly TimeSpan SameTrouble = TimeSpan.FromHours(1);

    public EntityNumbers Numbers;

    /// <summary>The life of its alert.</summary>
    public AlertLifecycle Alert => alert;

    /// <summary>
    /// The baselines of the metrics that took part when the alert opened, by their places; empty while none is open.
    /// </summary>
    public List<(int Place, FrozenBaseline Baseline)> Baselines { get; } = [];

    /// <summary>The fault of its critical alert that recovered last.</summary>
    public KnownJointFault Fault { get; } = new();

    /// <summary>
    /// The places, as bits, of the metrics whose trouble its critical alert is: all in its first hour, later those that took part when it
    /// opened; none where there is no such alert.
    /// </summary>
    public ulong PagedAt(Timestamp now)
    {
        if (!alert.IsPublished || !alert.IsCritical) return 0;
        if (now - alert.OpenedAt < SameTrouble) return ulong.MaxValue;
        var places = 0UL;
        foreach (var (place, _) in Baselines) places |= 1UL << place;
        return places;
    }

    /// <summary>The forest that was grown on ordinary rows.</summary>
    public StreamingForest Forest { get; private set; } = forest;

    /// <summary>Takes another size of the forest, with what was learned.</summary>
    public void Fit(StreamingForest other)
    {
        var state = new StateWriter();
        Forest.Save(state);
        var reader = new StateReader(state.Written);
        other.Load(ref reader);
        Forest = other;
    }

    public void Save(StateWriter state)
    {
        alert.Save(state);
        state.Write(Baselines.Count);
        foreach (var (place, baseline) in Baselines)
        {
            state.Write(place);
            baseline.Save(state);
        }

        Fault.Save(state);
        state.WriteBlock(MemoryMarshal.AsBytes(new Span<EntityNumbers>(ref Numbers)));
        Forest.Save(state);
    }

    public void Load(ref StateReader state)
    {
        alert.Load(ref state);
        Baselines.Clear();
        for (var left = state.ReadCount(EntityRow.MaxMetrics); left > 0; left--)
        {
            var place = state.ReadCount(EntityRow.MaxMetrics - 1);
            Baselines.Add((place, FrozenBaseline.Load(ref state)));
        }

        if (!state.IsBefore(StateLayout.FaultsSince)) Fault.Load(ref state);
        state.ReadBlock(ref Numbers);
        Forest.Load(ref state);
    }
}

/// <summary>The plain numbers among them, all zeros at first.</summary>
internal struct EntityNumbers
{
    public TailCalibrator Joint;
    public TailCalibrator Forest;

    /// <summary>Whether its alert is a fault and no chance.</summary>
    public JointFault Fault;

    /// <summary>The filters after the newest row, and before it.</summary>
    public EntityFilters Filters;
    public EntityFilters Before;

    /// <summary>The places of the metrics that contributed since the alert began, as bits.</summary>
    public ulong Contributors;

    /// <summary>The joint surprise that is usual these minutes, in decades.</summary>
    public double Usual;

    /// <summary>
    /// Of the newest row, to be learned when the next one begins: the joint surprise, what of it counts, and what the forest found.
    /// </summary>
    public double Surprise;
    public double Raw;
    public double ForestRaw;

    /// <summary>The score that was observed of the newest row.</summary>
    public double Observed;

    /// <summary>Event time of the first and the newest row, in nanoseconds; 0 before there was one.</summary>
    public long FirstNanoseconds;
    public long RowNanoseconds;

    /// <summary>The usual time between two rows, in seconds; 0 until there were two.</summary>
    public double IntervalSeconds;

    /// <summary>Intervals in a row that are far longer than the usual.</summary>
    public int FarIntervals;

    /// <summary>Rows learned.</summary>
    public int Learned;

    /// <summary>Which rows the calibrators learn from.</summary>
    public LearningGate Events;

    /// <summary>Anomalous rows in a row.</summary>
    public int ConsecutiveAnomalies;

    /// <summary>Whether the newest row was anomalous.</summary>
    public bool IsAnomalous;

    /// <summary>Forgets which trouble was reported.</summary>
    public void Forget() => Filters.Novelty = Before.Novelty = default;
}

/// <summary>The part of an entity's scores that is worth reporting.</summary>
internal struct EntityFilters
{
    public SpikeDamping Spikes;
    public NoveltyFilter Novelty;
}
