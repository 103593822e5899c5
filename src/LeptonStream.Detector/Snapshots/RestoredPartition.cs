using LeptonStream.Alerts;
using LeptonStream.Detection;
using LeptonStream.Detection.Gaps;
using LeptonStream.Detector.Policies;

namespace LeptonStream.Detector.Snapshots;

/// <summary>A partition's state as its owner before left it.</summary>
/// <param name="Header">The snapshot.</param>
/// <param name="Pipeline">The state at the snapshot's offset.</param>
/// <param name="Policies">The policies in force there.</param>
/// <param name="Replay">The way on from there.</param>
/// <param name="Sequence">The number of the journal's next entry.</param>
/// <param name="Changes">What is otherwise in this version than in the one that wrote the snapshot; null where nothing is.</param>
internal sealed record RestoredPartition(
    SnapshotHeader Header, PartitionPipeline Pipeline, PoliciesInForce Policies, Replay Replay, long Sequence, string? Changes)
{
    /// <summary>Whether the policies are those of this process, since it does not take those of the snapshot.</summary>
    public bool HasOwnPolicies => Policies.Yaml != Header.Policies;
}

/// <summary>What became of the search for a partition's state.</summary>
/// <param name="State">The state; null where the partition begins empty.</param>
/// <param name="Gap">Why it begins empty, or where the log has lost its end, though it was owned before; null where it was not.</param>
/// <param name="Open">The last event of each alert that is open before the gap and that the state does not know.</param>
/// <param name="HasTopic">Whether the state topic has a partition for it.</param>
/// <param name="Start">Where an empty partition begins to read.</param>
/// <param name="LastNumber">The number of the newest snapshot that was found, usable or not; −1 for none.</param>
internal sealed record RestoreOutcome(
    RestoredPartition? State, StateGap? Gap, IReadOnlyList<AlertEvent> Open, bool HasTopic, long Start, long LastNumber = -1);
