using LeptonStream.Alerting;
using LeptonStream.Samples;

namespace LeptonStream.Notifier.Outbox;

/// <summary>A notification that this process has taken in hand.</summary>
/// <param name="Id">Its id, the same for every attempt of every process.</param>
/// <param name="Seq">Its place in the outbox.</param>
/// <param name="CreatedAt">Time of the decision to notify.</param>
/// <param name="Attempts">Number of attempts before.</param>
/// <param name="Notification">The notification to deliver.</param>
internal sealed record OutboxRow(string Id, long Seq, Timestamp CreatedAt, int Attempts, Notification Notification);
