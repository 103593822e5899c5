using LeptonStream.Samples;

namespace LeptonStream.Alerting;

/// <summary>What a channel was told last about a group.</summary>
/// <param name="Firing">The alerts it was told fire.</param>
/// <param name="Resolved">The alerts it was told are over.</param>
/// <param name="At">When.</param>
public sealed record NotificationLogEntry(IReadOnlyList<Fingerprint> Firing, IReadOnlyList<Fingerprint> Resolved, Timestamp At);
