namespace LeptonStream.Notifier.Channels.Http;

/// <summary>How to write a message.</summary>
/// <param name="Step">How little to say: 0 is everything.</param>
/// <param name="Picture">Its chart as PNG; null without.</param>
/// <param name="IsPlain">Whether the built-in texts stand for all that the receiver wrote itself.</param>
internal readonly record struct Draft(int Step, byte[]? Picture, bool IsPlain);
