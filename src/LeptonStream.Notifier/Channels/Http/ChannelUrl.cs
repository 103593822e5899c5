using System.Diagnostics.CodeAnalysis;

namespace LeptonStream.Notifier.Channels.Http;

/// <summary>
/// An address that a channel calls. Two are equal where every character is: <see cref="System.Uri"/> compares neither user nor password,
/// and a changed one would go unnoticed.
/// </summary>
/// <param name="Text">The address as it was written.</param>
internal sealed record ChannelUrl(string Text)
{
    /// <summary>The address to call.</summary>
    public Uri Uri { get; } = new(Text);

    [return: NotNullIfNotNull(nameof(url))]
    public static implicit operator Uri?(ChannelUrl? url) => url?.Uri;

    [return: NotNullIfNotNull(nameof(url))]
    public static implicit operator ChannelUrl?(Uri? url) => url is null ? null : new(url.OriginalString);

    /// <summary>Scheme, host and port only: the rest may be a secret.</summary>
    public override string ToString() => UrlText.Destination(Uri);
}
