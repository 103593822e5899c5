using System.Text.Json;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Samples;

namespace LeptonStream.Notifier.Heartbeats;

/// <summary>How a watcher wants to be called.</summary>
internal enum HeartbeatKind
{
    /// <summary>GET, as healthchecks.io and its like want it.</summary>
    Get = 0,

    /// <summary>POST of Alertmanager's webhook with its alert <c>Watchdog</c>, as Dead Man's Snitch and its like want it.</summary>
    Webhook = 1,

    /// <summary>POST of the alert <c>Watchdog</c> to Alertmanager itself, whose route for it leads to the watcher.</summary>
    Alertmanager = 2,
}

/// <summary>A watcher outside, who raises the alarm when heartbeats stop.</summary>
/// <param name="Kind">How it is called.</param>
/// <param name="Url">Its address, which may hold a secret.</param>
internal sealed record HeartbeatTarget(HeartbeatKind Kind, Uri Url)
{
    private static readonly Dictionary<string, string> Labels = new() { ["alertname"] = "Watchdog", ["severity"] = "none" };

    private static readonly Dictionary<string, string> Annotations = new()
    {
        ["summary"] = "LeptonStream works: a probe came through every partition. Raise the alarm when this stops.",
    };

    /// <summary>Its name in logs.</summary>
    public string Name => UrlText.Destination(Url);

    /// <summary>Reads the targets of the settings.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="wrong">Takes an error for each setting that is wrong.</param>
    public static IReadOnlyList<HeartbeatTarget> Of(NotifierOptions options, ICollection<string> wrong) =>
    [
        .. Read(HeartbeatKind.Get, nameof(options.HeartbeatUrls), options.HeartbeatUrls, wrong),
        .. Read(HeartbeatKind.Webhook, nameof(options.HeartbeatWebhookUrls), options.HeartbeatWebhookUrls, wrong),
        .. Read(HeartbeatKind.Alertmanager, nameof(options.HeartbeatAlertmanagerUrls), options.HeartbeatAlertmanagerUrls, wrong),
    ];

    /// <summary>The request of one heartbeat.</summary>
    /// <param name="now">The time.</param>
    /// <param name="holds">For how long Alertmanager is to keep the alert firing.</param>
    /// <param name="page">Address of the dashboard.</param>
    public HttpRequestMessage Request(Timestamp now, TimeSpan holds, string page) => Kind switch
    {
        HeartbeatKind.Get => new(HttpMethod.Get, Url),
        HeartbeatKind.Webhook => Post(Url, new
        {
            version = "4",
            groupKey = "{}:{alertname=\"Watchdog\"}",
            truncatedAlerts = 0,
            status = "firing",
            receiver = "heartbeat",
            groupLabels = new { alertname = "Watchdog" },
            commonLabels = Labels,
            commonAnnotations = Annotations,
            externalURL = page,
            alerts = new[]
            {
                new
                {
                    status = "firing",
                    labels = Labels,
                    annotations = Annotations,
                    startsAt = now.ToString(),
                    endsAt = "0001-01-01T00:00:00Z",
                    generatorURL = page,
                },
            },
        }),
        _ => Post(new Uri($"{Url.AbsoluteUri.TrimEnd('/')}/api/v2/alerts"), new[]
        {
            new { labels = Labels, annotations = Annotations, endsAt = (now + holds).ToString(), generatorURL = page },
        }),
    };

    private static IEnumerable<HeartbeatTarget> Read(HeartbeatKind kind, string setting, string? text, ICollection<string> wrong)
    {
        foreach (var part in (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (UrlText.Parse(part) is { } url) yield return new(kind, url);
            else wrong.Add($"{NotifierOptions.Section}:{setting}: {UrlText.Form}; several are separated by blanks");
        }
    }

    private static HttpRequestMessage Post<T>(Uri url, T body) => new(HttpMethod.Post, url)
    {
        Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body)) { Headers = { ContentType = new("application/json") } },
    };
}
