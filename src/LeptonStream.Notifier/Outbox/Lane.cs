namespace LeptonStream.Notifier.Outbox;

/// <summary>
/// A way through the outbox to a destination. Each has deliveries of its own under way at once, and the ordinary one never uses up the
/// destination's rate: what is urgent does not wait behind a storm.
/// </summary>
internal enum Lane
{
    /// <summary>Notifications of something critical that fires, and those of its group before them.</summary>
    Urgent = 0,

    /// <summary>All others.</summary>
    Ordinary = 1,
}
