using System.Text.RegularExpressions;
using LeptonStream.Notifier.Channels.Messages;
using LeptonStream.Notifier.Templates;
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
internal sealed partial record EmailSettings(bool SendResolved, string To, string From, string Host, int Port, string? Hello, string? User,
    Secret? Password, bool NeedsTls, TimeSpan? Timeout) : ChannelSettings(SendResolved, Timeout), IMessageSettings
{
    private const string SmartHost = "smarthost";
    private const string HeadersField = "headers";
    private const string Subject = "Subject";

    public override SendRate? Rate => SendRate.Ordinary;

    public override string ConnectsTo => Host;

    public override string RateKey => $"{nameof(EmailSettings)}\n{Host}:{Port}\n{To}";

    /// <summary>Language, time zone and length.</summary>
    public MessageStyle Style { get; init; } = MessageStyle.Default;

    /// <summary>Whether mails show the chart of their alert.</summary>
    public bool HasChart { get; init; }

    /// <summary>The mail as HTML, in place of ours.</summary>
    public Template? Html { get; init; }

    /// <summary>The mail as text, in place of ours.</summary>
    public Template? Text { get; init; }

    /// <summary>Headers beside ours.</summary>
    public ValueList<(string Name, Template Text)> Headers { get; init; } = new([]);

    public override INotificationChannel Make(ChannelContext context) => new EmailChannel(this, context);

    public static EmailSettings Read(ChannelSection section)
    {
        var to = section.Fields.RequiredText("to");
        var from = Own(section, "from", "smtp_from");
        foreach (var (field, text) in new[] { ("to", to), ("from", from) })
            if (text?.Length > 0 && !InternetAddressList.TryParse(text, out _)) section.Fields.Wrong(field, "is no mail address");
        if (from is null) section.Fields.Wrong("from", "is missing; else global.smtp_from");
        var (host, port) = HostOf(section);
        var headers = section.Templates(HeadersField);
        foreach (var (name, _) in headers.Where(header => !IsFree(header.Name)))
            section.Fields.Wrong(HeadersField, $"has '{name}': only Subject, Reply-To and headers that begin with X- can be set");
        var style = section.Style("subject");
        var subject = headers.FirstOrDefault(header => header.Name.Equals(Subject, StringComparison.OrdinalIgnoreCase)).Text;
        return new(
            section.SendResolved(otherwise: false), to, from ?? "", host, port,
            Own(section, "hello", "smtp_hello") is { Length: > 0 } hello ? hello : null,
            Own(section, "auth_username", "smtp_auth_username") is { Length: > 0 } user ? user : null,
            section.Secret("auth_password", fallback: "smtp_auth_password"),
            section.Fields.Flag("require_tls") ?? section.Global.Fields?.Flag("smtp_require_tls") ?? true,
            section.Timeout())
        {
            Style = subject is null ? style : style with { Title = subject },
            HasChart = section.Chart(),
            Html = section.Template("html"),
            Text = section.Template("text"),
            Headers = new([.. headers.Where(header => !header.Name.Equals(Subject, StringComparison.OrdinalIgnoreCase))]),
        };
    }

    // A header of the envelope would send the mail to others, or as another.
    private static bool IsFree(string name) => FreeHeader().IsMatch(name);

    [GeneratedRegex(@"\A(?:Subject|Reply-To|X-[A-Za-z0-9-]+)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FreeHeader();

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
