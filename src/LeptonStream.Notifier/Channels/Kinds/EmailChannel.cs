using System.Net.Sockets;
using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels.Messages;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using MimeKit.Text;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <summary>
/// Mail over SMTP, as text and as HTML. All mails of a group are one thread. A server's 4xx is tried again, its 5xx is final.
/// </summary>
internal sealed class EmailChannel(EmailSettings settings, ChannelContext context) : INotificationChannel
{
    private const int ImplicitTls = 465;
    private const string Chart = "chart.png";

    private string Destination => $"smtp://{settings.Host}:{settings.Port}";

    public async Task<DeliveryOutcome> Send(string id, Notification notification, CancellationToken cancellation)
    {
        var picture = settings.HasChart && context.Charts is { } charts
            ? await charts(notification, settings.Style.Zone, cancellation) : null;
        try
        {
            using var client = new SendingClient { LocalDomain = settings.Hello };
            await using var stream = await context.Guard.Connect(settings.Host, settings.Port, cancellation);
            await client.ConnectAsync(stream, settings.Host, settings.Port, Security, cancellation);
            if (settings.User is { } user) await client.AuthenticateAsync(user, settings.Password?.Value ?? "", cancellation);
            using var mail = Mail(id, notification, picture, out var fault);
            var answer = await client.SendAsync(mail, cancellation);
            await client.DisconnectAsync(quit: true, cancellation);
            var note = client.Refused ?? fault;
            return DeliveryOutcome.Delivered with { Answer = Named(answer), Error = note is null ? null : Named(note) };
        }
        catch (SmtpCommandException refused) when ((int)refused.StatusCode >= 500)
        {
            return DeliveryOutcome.Refused(Named($"{(int)refused.StatusCode} {refused.Message}"));
        }
        catch (SmtpCommandException later)
        {
            return DeliveryOutcome.Failed(Named($"{(int)later.StatusCode} {later.Message}"));
        }
        catch (AuthenticationException wrong)
        {
            return DeliveryOutcome.Failed(Named($"the server does not take user and password: {wrong.Message}"));
        }
        catch (SslHandshakeException insecure)
        {
            return DeliveryOutcome.Failed(Named($"no TLS: {insecure.Message.Split('\n')[0]}"));
        }
        catch (NotSupportedException plain)
        {
            return DeliveryOutcome.Failed(Named($"{plain.Message} require_tls: false sends without TLS"));
        }
        catch (Exception broken) when (broken is IOException or SocketException or MailKit.ProtocolException
            or MailKit.ServiceNotConnectedException)
        {
            return DeliveryOutcome.Failed(Named(broken.Message));
        }
    }

    public string Preview(string id, Notification notification)
    {
        using var mail = Mail(id, notification, null, out _);
        return $"Subject: {mail.Subject}\nTo: {mail.To}\n\n{mail.TextBody}";
    }

    // Without require_tls the server decides, as in Alertmanager.
    private SecureSocketOptions Security => settings.Port == ImplicitTls ? SecureSocketOptions.SslOnConnect
        : settings.NeedsTls ? SecureSocketOptions.StartTls : SecureSocketOptions.StartTlsWhenAvailable;

    /// <summary>The mail of a notification, and what people should know of it.</summary>
    public MimeMessage Mail(string id, Notification notification, byte[]? picture, out string? fault)
    {
        var message = MessageBuilder.Of(notification, settings.Style, context.ExternalUrl, context.Links?.For(id, notification));
        var host = settings.From.Split('@')[^1].TrimEnd('>', ' ');
        var thread = $"group-{GroupHash.Of(notification)[..32]}@{host}";
        var mail = new MimeMessage
        {
            Subject = message.Title,
            MessageId = $"{id}@{host}",
            Date = notification.At.ToDateTimeOffset(),
            InReplyTo = thread,
            Priority = message is { State: MessageState.Firing, Severity: "critical" } ? MessagePriority.Urgent : MessagePriority.Normal,
        };
        mail.References.Add(thread);
        mail.From.AddRange(InternetAddressList.Parse(settings.From));
        mail.To.AddRange(InternetAddressList.Parse(settings.To));
        // No robot answers a robot.
        mail.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        foreach (var (name, template) in settings.Headers)
            if (message.Templates.Line(template) is { } value) mail.Headers.Add(name, value);
        var text = message.Templates.Text(settings.Text, Markup.Plain) ?? $"{message.Title}\n\n{Text(message, Markup.Plain)}";
        var html = message.Templates.Text(settings.Html, Markup.Mail);
        var body = new BodyBuilder { TextBody = text + "\n", HtmlBody = html ?? Html(message, hasPicture: picture is not null) };
        if (picture is not null && html is null)
        {
            var part = body.LinkedResources.Add(Chart, picture, new ContentType("image", "png"));
            part.ContentId = Chart;
        }

        mail.Body = body.ToMessageBody();
        fault = message.Templates.Fault;
        return mail;
    }

    private string Html(AlertMessage message, bool hasPicture) =>
        $"""
        <!DOCTYPE html>
        <html><body style="font-family:sans-serif">
        <p style="border-left:6px solid {ColorOf(message)};padding-left:8px">{Markup.Html.Bold(message.Title)}</p>
        <p>{Text(message, Markup.Html).Replace("\n", "<br>\n", StringComparison.Ordinal)}</p>
        {(hasPicture ? $"<p><img src=\"cid:{Chart}\" alt=\"\"></p>" : "")}
        </body></html>
        """;

    private string Text(AlertMessage message, Markup markup) => MessageText.Write(message, settings.Style, markup, step: 0);

    private string Named(string text) =>
        $"{Destination}: {Secret.Remove(text.ReplaceLineEndings(" "), settings.Password is { } password ? [password] : [])}";

    // One address that is wrong must not keep the mail from all others.
    private sealed class SendingClient : SmtpClient
    {
        private readonly List<(SmtpStatusCode Code, string Text)> _refused = [];

        public string? Refused => _refused.Count == 0 ? null : $"not taken for {string.Join("; ", _refused.Select(one => one.Text))}";

        protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
            _refused.Add((response.StatusCode, $"{mailbox.Address}: {(int)response.StatusCode} {response.Response}"));

        // Of several reasons one that passes is worth another attempt.
        protected override void OnNoRecipientsAccepted(MimeMessage message) => throw new SmtpCommandException(
            SmtpErrorCode.RecipientNotAccepted, _refused.Min(one => one.Code), Refused!);
    }

    private static string ColorOf(AlertMessage message) => message.State switch
    {
        MessageState.Resolved => "#2e7d32",
        MessageState.Closed => "#808080",
        _ => message.Severity == "critical" ? "#c62828" : "#ef6c00",
    };
}
