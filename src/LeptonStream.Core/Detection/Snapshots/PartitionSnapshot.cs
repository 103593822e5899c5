using LeptonStream.Alerts;
using LeptonStream.Detection.Entities;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Gaps;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Store;
using LeptonStream.Detection.Training;
using LeptonStream.Drift;
using LeptonStream.State;
using LeptonStream.Updates;

namespace LeptonStream.Detection.Snapshots;

/// <summary>The parts of a partition that decide, as a snapshot writes and reads them.</summary>
/// <param name="Detection">Settings that hold for all its series.</param>
/// <param name="Series">Its series, with the entities that they make up.</param>
/// <param name="Runs">The clocks of its training runs.</param>
/// <param name="Open">Its open alerts.</param>
/// <param name="Queue">Its events that wait.</param>
/// <param name="Gaps">The alert of its last gap.</param>
/// <param name="Drift">Its distributions.</param>
/// <param name="Versions">The versions of its models.</param>
internal sealed record PartitionParts(DetectionPolicy Detection, SeriesRegistry Series, RunJudge Runs, OpenAlerts Open, EventQueue Queue,
    GapWatch Gaps, DriftRegistry Drift, VersionRegistry Versions);

/// <summary>The position that a snapshot is of.</summary>
/// <param name="TopicId">The input topic.</param>
/// <param name="Partition">The input partition.</param>
/// <param name="Policies">The fingerprint of the policies.</param>
/// <param name="Last">The offset of the last record that was taken; −1 for none.</param>
internal readonly record struct SnapshotSubject(UInt128 TopicId, int Partition, string Policies, long Last);

/// <summary>
/// The blocks of a snapshot beside entities and series, which <see cref="SnapshotCut"/> writes: all of a partition that decides, as of one
/// offset. Equal states are equal bytes.
/// </summary>
internal static class PartitionSnapshot
{
    /// <summary>Ids in one block of a list.</summary>
    public const int IdsPerBlock = 4096;

    private const int Kinds = (int)SnapshotBlockKind.End;

    /// <summary>Writes what stands behind the series: what is forgotten, lists, and events that wait.</summary>
    public static void SaveTail(PartitionParts parts, SnapshotWriter snapshot)
    {
        SaveForgotten(parts.Open, snapshot);
        SaveLists(parts, snapshot);
        foreach (var waiting in parts.Queue.Waiting)
        {
            snapshot.Begin().WriteRaw(AlertEventJson.Write(waiting));
            snapshot.End(SnapshotBlockKind.Event);
        }
    }

    /// <summary>Writes how many blocks of each kind there are.</summary>
    public static void SaveEnd(SnapshotWriter snapshot)
    {
        var end = snapshot.Begin();
        for (var kind = 0; kind < Kinds; kind++) end.Write(snapshot.CountOf((SnapshotBlockKind)kind));
        snapshot.End(SnapshotBlockKind.End);
    }

    /// <summary>Writes the position and the clocks.</summary>
    public static void SaveHead(PartitionParts parts, in SnapshotSubject subject, SnapshotWriter snapshot)
    {
        var head = snapshot.Begin();
        head.Write(StateLayout.FingerprintOf(parts.Detection));
        head.Write(subject.TopicId);
        head.Write(subject.Partition);
        head.Write(subject.Policies);
        head.Write(subject.Last);
        parts.Runs.Save(head);
        parts.Open.Save(head);
        parts.Series.SaveClocks(head);
        head.Write(parts.Series.Entities.Number);
        parts.Gaps.Save(head);
        parts.Series.Entities.Models.Save(head);
        parts.Drift.SaveClock(head);
        parts.Versions.SaveClock(head);
        parts.Runs.Holes.Save(head);
        parts.Open.Holes.Save(head);
        parts.Runs.Watch.Save(head);
        snapshot.End(SnapshotBlockKind.Head);
    }

    /// <summary>Writes the policies under which series run.</summary>
    public static void SavePolicies(SeriesState[] all, OpenAlerts open, SnapshotWriter snapshot)
    {
        var policies = new SortedDictionary<UInt128, SeriesPipeline>();
        var seen = new HashSet<SeriesPipeline>();
        foreach (var series in all.Concat(open.Series))
            if (seen.Add(series.Pipeline)) policies[series.Pipeline.PolicyId] = series.Pipeline;
        foreach (var (id, pipeline) in policies)
        {
            PolicyState.Save(pipeline.Policy, snapshot.Begin());
            snapshot.End(SnapshotBlockKind.Policy, id);
        }
    }

    private static void SaveForgotten(OpenAlerts open, SnapshotWriter snapshot)
    {
        foreach (var entity in open.Entities)
        {
            if (!entity.IsForgotten) continue;
            var state = snapshot.Begin();
            state.Write(entity.Id.Value);
            EntityRegistry.Save(entity, state);
            snapshot.End(SnapshotBlockKind.ForgottenEntity);
        }

        foreach (var series in open.Series)
        {
            if (!series.IsForgotten) continue;
            SeriesRegistry.SaveForgotten(series, snapshot.Begin());
            snapshot.End(SnapshotBlockKind.ForgottenSeries);
        }
    }

    private static void SaveLists(PartitionParts parts, SnapshotWriter snapshot)
    {
        UInt128[] ignored = [.. parts.Series.Ignored];
        Array.Sort(ignored);
        Save(SnapshotList.Ignored, ignored, snapshot);
        Save(SnapshotList.Runs, [.. parts.Series.Entities.Runs.Select(run => run.Id.Value)], snapshot);
        Save(SnapshotList.OpenSeries, Numbered(parts.Open.Series.Select(series => (series.Id.Value, series.IsForgotten))), snapshot);
        UInt128[] ending = [.. parts.Open.Ending.Where(series => !series.IsForgotten).Select(series => series.Id.Value)];
        Array.Sort(ending);
        Save(SnapshotList.Ending, ending, snapshot);
        Save(SnapshotList.OpenEntities, Numbered(parts.Open.Entities.Select(entity => (entity.Id.Value, entity.IsForgotten))), snapshot);
    }

    // Of what was forgotten there may be another with the same id: 0 stands for the next of those that were.
    private static UInt128[] Numbered(IEnumerable<(UInt128 Id, bool IsForgotten)> all) =>
        [.. all.Select(one => one.IsForgotten ? UInt128.Zero : one.Id)];

    private static void Save(SnapshotList list, ReadOnlySpan<UInt128> ids, SnapshotWriter snapshot)
    {
        for (var from = 0; from < ids.Length; from += IdsPerBlock)
        {
            var part = ids[from..Math.Min(from + IdsPerBlock, ids.Length)];
            var state = snapshot.Begin();
            state.Write((int)list);
            state.Write(part.Length);
            foreach (var id in part) state.Write(id);
            snapshot.End(SnapshotBlockKind.List);
        }
    }
}

/// <summary>The lists of ids in a snapshot.</summary>
internal enum SnapshotList
{
    /// <summary>Series that the policies ignore.</summary>
    Ignored = 0,

    /// <summary>Training runs, in their order.</summary>
    Runs = 1,

    /// <summary>Series with open alerts, in their order.</summary>
    OpenSeries = 2,

    /// <summary>Entities with open alerts, in their order.</summary>
    OpenEntities = 3,

    /// <summary>Series with open alerts that their producers ended.</summary>
    Ending = 4,
}
