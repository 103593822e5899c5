namespace LeptonStream.Notifier.Outbox;

/// <summary>The rows of a lane that may be sent.</summary>
internal enum ClaimScope
{
    /// <summary>All: for a log, nothing is folded.</summary>
    All = 0,

    /// <summary>All that do not wait to be folded.</summary>
    Due = 1,

    /// <summary>Digests alone: beyond the limit of a destination.</summary>
    Digests = 2,
}
