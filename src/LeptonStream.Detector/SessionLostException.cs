using System.Globalization;
using LeptonStream.Kafka;

namespace LeptonStream.Detector;

/// <summary>This worker must not publish what it holds: drop all state and join the group anew.</summary>
internal sealed class SessionLostException : Exception
{
    private SessionLostException(string reason, string message) : base(message) => Reason = reason;

    /// <summary>A fixed word for the counter.</summary>
    public string Reason { get; }

    public static SessionLostException Fenced(TimeSpan silence, TimeSpan fence) => new("fenced", string.Create(CultureInfo.InvariantCulture,
        $"{silence.TotalSeconds:F1} s since the last poll, more than half the session time-out ({fence.TotalSeconds:F1} s): others may own the partitions"));

    public static SessionLostException Refused(DeliveryFailure failure) =>
        new("refused", $"{failure.Topic} takes no records: {failure.Error.Reason}");
}
