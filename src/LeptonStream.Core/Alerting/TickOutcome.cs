using LeptonStream.Alerting.Muting;

namespace LeptonStream.Alerting;

/// <summary>What the passing of time led to.</summary>
/// <param name="Notifications">The notifications to send. The groups' logs already count them as sent, so they must be stored together with
/// the groups.</param>
/// <param name="Suppressed">The alerts of the flushed groups that were left out, each with its cause.</param>
public sealed record TickOutcome(List<Notification> Notifications, List<Suppression> Suppressed);
