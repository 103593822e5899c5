using System.Globalization;
using LeptonStream.Kafka;

namespace LeptonStream.Detector;

/// <summary>This worker must not publish what it holds: drop all state and join the group again.</summary>
internal sealed class SessionLostException : Exception
{
    private const string FencedReason = "fenced";

    private SessionLostException(string reason, string message) : base(message) => Reason = reason;

    /// <summary>A fixed word for the counter.</summary>
    public string Reason { get; }

    /// <summary>Whether a round took too long.</summary>
    public bool IsFenced => Reason == FencedReason;

    public static SessionLostException Fenced(TimeSpan silence, TimeSpan fence) =>
        new(FencedReason, string.Create(CultureInfo.InvariantCulture,
        $"{silence.TotalSeconds:F1} s in one step, more than half the session time-out ({fence.TotalSeconds:F1} s): others may "
            + $"own the partitions"));

    public static SessionLostException Lost() => new("lost", "the group has given the partitions to others during a round");

    public static SessionLostException Uncertain(DeliveryFailure failure) =>
        new("uncertain", $"{failure.Topic} may have kept events without saying so ({failure.Error.Words()}); the next session looks");

    public static SessionLostException Refused(DeliveryFailure failure) =>
        new("refused", $"{failure.Topic} takes no records: {failure.Error.Words()}");
}
