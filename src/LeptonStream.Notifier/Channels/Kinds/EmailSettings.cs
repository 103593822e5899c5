using LeptonStream.Notifier.Channels.Messages;
using MimeKit;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="To">Addresses, separated by commas.</param>
/// <param name="From">The sender.</param>
/// <param name="Host">The mail server.</param>
/// <param name="Port">Its port; 465 speaks TLS from the first byte.</param>
/// <param name="Hello">Our name in the greeting; null is this machine's.</param>
/// <param name="User">User of the mail server; null without.</param>
/// <param name="Password">Its password.</param>
/// <param name="NeedsTls">Whether a server without TLS is refused.</param>
/// <param name="Timeout">Longest time of one attempt; null is the notifier's default.</param>
internal sealed record EmailSettings(bool SendResolved, string To, string From, string Host, int Port, string? Hello, string? User,
    Secret? Password, bool NeedsTls, TimeSpan? Timeout) : ChannelSettings(SendResolved, Timeout), IMessageSettings
{
    private const string SmartHost = "smarthost";

    public override SendRate? Rate => SendRate.Ordinary;

    public override string RateKey => $"{nameof(EmailSettings)}\n{Host}:{Port}\n{To}";

    /// <summary>Language, time zone and length.</summary>
    public MessageStyle Style { get; init; } = MessageStyle.Default;

    public override INotificationChannel Make(ChannelContext context) => new EmailChannel(this, context);

    public static EmailSettings Read(ChannelSection section)
    {
        var to = section.Fields.RequiredText("to");
        var from = Own(section, "from", "smtp_from");
        foreach (var (field, text) in new[] { ("to", to), ("from", from) })
            if (text?.Length > 0 && !InternetAddressList.TryParse(text, out _)) section.Fields.Wrong(field, "is no mail address");
        if (from is null) section.Fields.Wrong("from", "is missing; else global.smtp_from");
        var (host, port) = HostOf(section);
        return new(
            section.SendResolved(otherwise: false), to, from ?? "", host, port,
            Own(section, "hello", "smtp_hello") is { Length: > 0 } hello ? hello : null,
            Own(section, "auth_username", "smtp_auth_username") is { Length: > 0 } user ? user : null,
            section.Secret("auth_password", fallback: "smtp_auth_password"),
            section.Fields.Flag("require_tls") ?? section.Global.Fields?.Flag("smtp_require_tls") ?? true,
            section.Timeout())
        {
            Style = section.Style("subject"),
        };
    }

    private static string? Own(ChannelSection section, string field, string fallback) =>
        section.Fields.Text(field) ?? section.Global.Text(fallback);

    private static (string Host, int Port) HostOf(ChannelSection section)
    {
        var text = Own(section, SmartHost, "smtp_smarthost");
        if (text is null) section.Fields.Wrong(SmartHost, "is missing; else global.smtp_smarthost");
        var colon = text?.LastIndexOf(':') ?? -1;
        if (colon > 0 && ushort.TryParse(text![(colon + 1)..], out var port)) return (text[..colon].Trim('[', ']'), port);
        if (text is not null) section.Fields.Wrong(SmartHost, "must be a host and a port: mail.example.org:587");
        return ("", 0);
    }
}
