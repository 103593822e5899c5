using LeptonStream.Resilience;

namespace LeptonStream.Notifier.Outbox;

/// <summary>The wait of a delivery before it is tried again.</summary>
internal static class RetrySchedule
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(24);

    /// <summary>
    /// Doubles with every attempt up to 15 minutes; a random half of it is taken off, so that deliveries that failed together don't return
    /// together.
    /// </summary>
    /// <param name="attempts">Number of attempts that failed, from 1.</param>
    /// <param name="random">0 to 1.</param>
    public static TimeSpan After(int attempts, double random) => BackOff.After(attempts, First, Longest) * (1 - (random / 2));

    /// <summary>The time that a receiver asked for is obeyed; more than a day is taken for a mistake.</summary>
    public static TimeSpan Asked(TimeSpan retryAfter) => retryAfter < LongestAsked ? retryAfter : LongestAsked;
}
