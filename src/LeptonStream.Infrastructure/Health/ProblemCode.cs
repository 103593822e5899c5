namespace LeptonStream.Health;

/// <summary>The problems that a role can have. The dashboard has a sentence for each in every language.</summary>
public enum ProblemCode
{
    /// <summary>One of which its text is all that is known.</summary>
    Other,

    /// <summary>The role has not started its work yet.</summary>
    Starting,

    /// <summary>The role's main loop stands still.</summary>
    LoopHangs,

    /// <summary>No broker answers.</summary>
    BrokersAway,

    /// <summary>The role has never had partitions of the group.</summary>
    NotJoined,

    /// <summary>The role lost its partitions and got no others.</summary>
    PartitionsLost,

    /// <summary>The input topic is missing.</summary>
    TopicMissing,

    /// <summary>The broker does not allow reading.</summary>
    ReadingNotAllowed,

    /// <summary>Records wait in some partitions, and none of them comes.</summary>
    ReadingStalled,

    /// <summary>The leaders of some partitions do not answer.</summary>
    LeadersAway,

    /// <summary>The alerts topic has too few partitions.</summary>
    AlertsPartitionsMissing,

    /// <summary>The role searches for the state of partitions, and reads them after that.</summary>
    Restoring,

    /// <summary>The last round failed.</summary>
    RoundFailed,

    /// <summary>A changed settings file is refused.</summary>
    SettingsRefused,

    /// <summary>No member of the role works any more.</summary>
    RoleDead,

    /// <summary>No member of the role has ever worked.</summary>
    RoleNeverSeen,

    /// <summary>The last report of a role is of a time to come: whether it works is not known.</summary>
    ClocksDiffer,

    /// <summary>No member works on some partitions any more.</summary>
    PartitionsDead,

    /// <summary>No member has ever worked on some partitions.</summary>
    PartitionsNeverSeen,

    /// <summary>Nearly all records of a partition are refused.</summary>
    RecordsRefused,

    /// <summary>Nearly all samples of a partition are refused.</summary>
    SamplesRefused,

    /// <summary>Nothing of one key is judged.</summary>
    KeyNotJudged,

    /// <summary>Nothing of the records without a key is judged.</summary>
    KeylessNotJudged,

    /// <summary>The clock of a notifier's host is ahead of the database's.</summary>
    ClockAhead,

    /// <summary>The clock of a notifier's host is behind the database's.</summary>
    ClockBehind,

    /// <summary>Notifications were given up of late: somebody was not notified.</summary>
    NotificationsDead,

    /// <summary>Channels lead to addresses that they may not reach.</summary>
    ChannelsBlocked,

    /// <summary>The statuses of a role can't be read.</summary>
    StatusNotReadable,
}
