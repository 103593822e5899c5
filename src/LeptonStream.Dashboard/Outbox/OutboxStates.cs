namespace LeptonStream.Dashboard.Outbox;

/// <summary>The states of a notification in the outbox.</summary>
public static class OutboxStates
{
    /// <summary>It is to be sent.</summary>
    public const string Pending = "pending";

    /// <summary>It was delivered.</summary>
    public const string Sent = "sent";

    /// <summary>It was refused or given up, and waits for people.</summary>
    public const string Dead = "dead";

    /// <summary>A person decided that it is not sent.</summary>
    public const string Dropped = "dropped";

    /// <summary>It is delivered as part of a digest.</summary>
    public const string Folded = "folded";

    /// <summary>The states that a list may be asked for; <c>undelivered</c> is pending and dead, <c>all</c> is every one.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> Lists = new Dictionary<string, IReadOnlyList<string>>
    {
        ["undelivered"] = [Pending, Dead],
        [Pending] = [Pending],
        [Dead] = [Dead],
        [Sent] = [Sent],
        [Dropped] = [Dropped],
        [Folded] = [Folded],
        ["all"] = [Pending, Sent, Dead, Dropped, Folded],
    };
}
