namespace LeptonStream.Collector.Intake;

/// <summary>How a payload ended.</summary>
internal enum IntakeOutcome
{
    /// <summary>Kafka has everything that the payload led to.</summary>
    Written = 0,

    /// <summary>Kafka has a part of it; the rest will never be taken.</summary>
    Partial,

    /// <summary>None of it will ever be taken: something is wrong with it.</summary>
    Refused,

    /// <summary>It has more bytes than allowed.</summary>
    TooLarge,

    /// <summary>Its bytes came too slowly, or not all of them came.</summary>
    TooSlow,

    /// <summary>The request is of a kind that is not read here.</summary>
    Unsupported,

    /// <summary>The source sends more than it may: later.</summary>
    Limited,

    /// <summary>Kafka or the memory has no room for it now: later.</summary>
    Busy,
}

/// <summary>The answer to a payload.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Accepted">Points that were taken, be it that the mapping makes nothing of them.</param>
/// <param name="Rejected">Points that were not taken because something is wrong with them.</param>
/// <param name="Reason">Which and why, for people; null where all went well.</param>
internal sealed record IntakeReport(IntakeOutcome Outcome, int Accepted, int Rejected, string? Reason)
{
    /// <summary>Points among the accepted that are histograms.</summary>
    public int Histograms { get; init; }

    /// <summary>Points among the accepted of which nothing was made, because their series has their time already.</summary>
    public int Repeated { get; init; }

    /// <summary>When the sender should come again; null where it need not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the sender is to come again with the same payload.</summary>
    public bool IsLater => Outcome is IntakeOutcome.Limited or IntakeOutcome.Busy;

    /// <summary>A payload of which nothing was taken.</summary>
    public static IntakeReport Refusal(IntakeOutcome outcome, string reason) => new(outcome, 0, 0, reason);

    /// <summary>A payload that is to come again.</summary>
    public static IntakeReport Later(IntakeOutcome outcome, string reason, TimeSpan wait) => new(outcome, 0, 0, reason)
    {
        RetryAfter = wait,
    };

    /// <summary>The status of an HTTP answer. Bad data is never a failure of the server, or its sender would try for ever.</summary>
    public int Status => Outcome switch
    {
        IntakeOutcome.Written or IntakeOutcome.Partial => 200,
        IntakeOutcome.TooLarge => 413,
        IntakeOutcome.TooSlow => 408,
        IntakeOutcome.Unsupported => 415,
        IntakeOutcome.Limited => 429,
        IntakeOutcome.Busy => 503,
        _ => 400,
    };
}
