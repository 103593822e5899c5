using LeptonStream.Alerting;
using LeptonStream.Samples;

namespace LeptonStream.Notifier.Outbox;

/// <summary>A notification that this process has taken in hand.</summary>
/// <param name="Id">Its id, the same for every attempt of every process.</param>
/// <param name="Seq">Its place in the outbox.</param>
/// <param name="CreatedAt">Time of the decision to notify.</param>
/// <param name="Since">Time from which the hours until it is given up count: the decision, or when a person asked for it again.</param>
/// <param name="Attempts">Number of attempts before.</param>
/// <param name="Notification">The notification to deliver.</param>
internal sealed record OutboxRow(string Id, long Seq, Timestamp CreatedAt, Timestamp Since, int Attempts, Notification Notification);
