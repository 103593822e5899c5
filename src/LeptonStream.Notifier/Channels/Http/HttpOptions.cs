namespace LeptonStream.Notifier.Channels.Http;

/// <summary>How a channel speaks HTTP: Alertmanager's <c>http_config</c>, as far as it is honoured.</summary>
internal sealed record HttpOptions
{
    /// <summary>No credentials, no proxy, the system's authorities.</summary>
    public static readonly HttpOptions Default = new();

    /// <summary>Address of the proxy; null goes straight, or by <c>Notifier:ProxyUrl</c>.</summary>
    public ChannelUrl? Proxy { get; init; }

    /// <summary>User of the basic authentication; null without.</summary>
    public string? User { get; init; }

    /// <summary>Password of the basic authentication.</summary>
    public Secret? Password { get; init; }

    /// <summary>Scheme and credentials of the header <c>Authorization</c>, <c>Bearer</c> by default.</summary>
    public string Scheme { get; init; } = "Bearer";

    /// <summary>Credentials of the header <c>Authorization</c>; null without.</summary>
    public Secret? Credentials { get; init; }

    /// <summary>PEM file with the authorities to trust instead of the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>PEM files of the client's own certificate and key.</summary>
    public string? CertFile { get; init; }

    /// <summary>PEM file with the key of <see cref="CertFile"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The name that the server's certificate must have; null is the host's.</summary>
    public string? ServerName { get; init; }
}
