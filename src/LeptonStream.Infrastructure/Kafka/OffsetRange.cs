namespace LeptonStream.Kafka;

/// <summary>Offsets of a partition.</summary>
/// <param name="From">The first.</param>
/// <param name="To">The one behind the last.</param>
public readonly record struct OffsetRange(long From, long To);
