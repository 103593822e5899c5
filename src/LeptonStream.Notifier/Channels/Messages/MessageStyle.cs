using LeptonStream.Notifier.Templates;

namespace LeptonStream.Notifier.Channels.Messages;

/// <summary>The language of a message.</summary>
internal enum MessageLanguage
{
    English = 0,
    Chinese = 1,
}

/// <summary>How a receiver wants its messages to read.</summary>
/// <param name="Language">The language of all texts.</param>
/// <param name="Zone">The time zone of all times.</param>
/// <param name="MaxAlerts">Most alerts in one message; 0 leaves it to the channel.</param>
/// <param name="Title">A title of the receiver's own, in place of ours.</param>
/// <param name="Text">A text of the receiver's own, in place of ours.</param>
internal sealed record MessageStyle(MessageLanguage Language, TimeZoneInfo Zone, int MaxAlerts, Template? Title, Template? Text)
{
    public static readonly MessageStyle Default = new(MessageLanguage.English, TimeZoneInfo.Utc, 0, null, null);
}
