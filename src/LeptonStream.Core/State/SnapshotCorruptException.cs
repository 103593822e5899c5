namespace LeptonStream.State;

/// <summary>
/// A snapshot's bytes are not what the reader expects. Whoever catches it starts the series cold and says so; it never guesses.
/// </summary>
/// <param name="message">The fault, for people.</param>
public sealed class SnapshotCorruptException(string message) : Exception(message);
