namespace LeptonStream.State;

/// <summary>
/// The bytes of a snapshot are not those that the reader expects. Whoever catches it drops the snapshot, takes an older one or an empty
/// state, and says so; a reader never guesses.
/// </summary>
/// <param name="message">The fault, for people.</param>
public sealed class SnapshotCorruptException(string message) : Exception(message);
