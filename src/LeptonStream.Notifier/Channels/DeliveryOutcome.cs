namespace LeptonStream.Notifier.Channels;

internal enum DeliveryResult
{
    /// <summary>The receiver has it.</summary>
    Delivered = 0,

    /// <summary>It may work later.</summary>
    Failed = 1,

    /// <summary>The receiver refuses this notification, and will again.</summary>
    Refused = 2,
}

/// <summary>The outcome of one attempt to deliver.</summary>
/// <param name="Result">Delivered, to be tried again, or refused for good.</param>
/// <param name="Error">The error, for people and without secrets; null when delivered, but for recipients that did not get it.</param>
/// <param name="RetryAfter">Time for which the receiver asked not to be called, or null.</param>
/// <param name="Answer">The receiver's answer to the delivery, for people; null where there is nothing to say.</param>
internal readonly record struct DeliveryOutcome(DeliveryResult Result, string? Error, TimeSpan? RetryAfter, string? Answer = null)
{
    public static readonly DeliveryOutcome Delivered;

    public static DeliveryOutcome Failed(string error, TimeSpan? retryAfter = null) => new(DeliveryResult.Failed, error, retryAfter);

    public static DeliveryOutcome Refused(string error) => new(DeliveryResult.Refused, error, null);

    /// <summary>The receiver takes shorter messages only: the channel writes a shorter one, and never gives up for this.</summary>
    public static DeliveryOutcome TooLarge(string error) => new(DeliveryResult.Failed, error, null) { IsTooLarge = true };

    /// <summary>Whether a shorter message may be taken at once.</summary>
    public bool IsTooLarge { get; private init; }
}
