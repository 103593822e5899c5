using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Http;

namespace LeptonStream.Notifier.Channels.Messages;

/// <summary>The settings of a channel that writes for people.</summary>
internal interface IMessageSettings
{
    /// <summary>Language, time zone and length.</summary>
    MessageStyle Style { get; }
}

/// <summary>The settings of a channel that speaks HTTP and writes for people.</summary>
internal abstract record MessageSettings(bool SendResolved, TimeSpan? Timeout = null)
    : HttpChannelSettings(SendResolved, Timeout), IMessageSettings
{
    public override SendRate? Rate => SendRate.Ordinary;

    /// <summary>Language, time zone and length.</summary>
    public MessageStyle Style { get; init; } = MessageStyle.Default;

    /// <summary>Whether messages show the chart of their alert; never where the service takes no pictures.</summary>
    public bool HasChart { get; init; }
}

/// <summary>A channel whose request is a message for people as JSON.</summary>
internal abstract class MessageChannel(MessageSettings settings, ChannelContext context) : HttpChannel(settings, context)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The object as a body.</summary>
    public static Payload JsonOf(object body, bool isTooLong = false) =>
        new(JsonSerializer.SerializeToUtf8Bytes(body, Json), "application/json", isTooLong);

    protected sealed override Payload? Compose(string id, Notification notification, Draft draft)
    {
        if (draft.Step >= MessageText.Steps) return null;
        // A message that is too large comes without its picture.
        var message = MessageOf(id, notification, draft.IsPlain) with { Picture = draft.Step == 0 ? draft.Picture : null };
        var payload = Write(notification, message, draft.Step);
        return payload with { Note = message.Templates.Fault, IsOwn = message.Templates.HasWritten || message.Text is not null };
    }

    protected sealed override Task<byte[]?> Picture(Notification notification, CancellationToken cancellation) =>
        settings.HasChart && Context.Charts is { } charts
            ? charts(notification, settings.Style.Zone, cancellation) : Task.FromResult<byte[]?>(null);

    /// <summary>Writes the body.</summary>
    /// <param name="notification">The notification.</param>
    /// <param name="message">Its message.</param>
    /// <param name="step">How little to say; see <see cref="MessageText"/>.</param>
    protected abstract Payload Write(Notification notification, AlertMessage message, int step);

    /// <summary>The message's text below its title, in a notation.</summary>
    protected string TextOf(AlertMessage message, Markup markup, int step, bool withLinks = true) =>
        MessageText.Write(message, settings.Style, markup, step, withLinks);

    /// <summary>The message of a notification.</summary>
    protected AlertMessage MessageOf(string id, Notification notification, bool isPlain) =>
        MessageBuilder.Of(notification, settings.Style, Context.ExternalUrl, Context.Links?.For(id, notification), isPlain);
}
