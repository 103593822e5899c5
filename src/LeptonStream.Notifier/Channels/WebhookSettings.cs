using LeptonStream.Yaml;

namespace LeptonStream.Notifier.Channels;

/// <param name="SendResolved">Whether it gets the end of an alert.</param>
/// <param name="Url">Address to post to. Its path and query may be a secret: never log it, log <see cref="Destination"/>.</param>
/// <param name="MaxAlerts">Most alerts in one message; 0 is all.</param>
/// <param name="Timeout">Longest time of one attempt, 100 ms to 5 minutes; null is the notifier's default.</param>
internal sealed record WebhookSettings(bool SendResolved, Uri Url, int MaxAlerts, TimeSpan? Timeout)
    : ChannelSettings(SendResolved, Timeout)
{
    public const string UrlForm = "write an address that begins with http:// or https://";

    /// <summary>Destination for logs: scheme, host and port only.</summary>
    public string Destination => $"{Url.Scheme}://{Url.Authority}/…";

    public static Uri? UrlOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0 ? url : null;

    public static WebhookSettings Read(YamlSection section) => new(
        section.Flag("send_resolved", otherwise: true),
        ReadUrl(section),
        section.Count("max_alerts"),
        section.Duration("timeout", "100ms", "5m"));

    // The address itself never stands in an error: it may be a secret.
    private static Uri ReadUrl(YamlSection section)
    {
        var none = new Uri("http://invalid.invalid/");
        var (text, file) = (section.Text("url"), section.Text("url_file"));
        if (text is null == file is null)
        {
            section.Wrong("url", "or url_file must stand here, one of them");
            return none;
        }

        try
        {
            if (UrlOf(text ?? File.ReadAllText(file!).Trim()) is { } url) return url;
            section.Wrong(text is null ? "url_file" : "url", $"holds no address: {UrlForm}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            section.Wrong("url_file", $"can't be read: {unreadable.Message}");
        }

        return none;
    }
}
