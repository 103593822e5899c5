namespace LeptonStream.Notifier.Channels.Http;

/// <summary>Addresses as people write and read them.</summary>
internal static class UrlText
{
    /// <summary>What is allowed, for errors.</summary>
    public const string Form = "write an address that begins with http:// or https://";

    /// <summary>The address, or null where the text is none that a channel can call.</summary>
    public static Uri? Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0 ? url : null;

    /// <summary>An address for logs: scheme, host and port only, since its path and query may be a secret.</summary>
    public static string Destination(Uri url) => $"{url.Scheme}://{url.Authority}/…";
}
