namespace LeptonStream.Health;

/// <summary>The part of a role's work that a problem concerns. A role has at most one problem of each.</summary>
public enum Concern
{
    /// <summary>The role has not started its work yet.</summary>
    Start,

    /// <summary>Whether any broker answers.</summary>
    Broker,

    /// <summary>Membership in the consumer group.</summary>
    Membership,

    /// <summary>Reading the input topic.</summary>
    Input,

    /// <summary>Records that wait in the input topic and do not come.</summary>
    Progress,

    /// <summary>Whether the leaders of the partitions answer.</summary>
    Leaders,

    /// <summary>Most of the input is refused.</summary>
    Refusals,

    /// <summary>Partitions that stand still.</summary>
    Partitions,

    /// <summary>Partitions whose state is being restored.</summary>
    Restore,

    /// <summary>Snapshots of the state.</summary>
    State,

    /// <summary>A file of settings that was changed while the role runs.</summary>
    Settings,

    /// <summary>The clock of the host.</summary>
    Clock,

    /// <summary>Channels that may not be reached.</summary>
    Egress,

    /// <summary>Heartbeats for watchers outside.</summary>
    Heartbeat,

    /// <summary>The last round of the loop.</summary>
    Round,
}
