namespace LeptonStream.Notifier.Channels;

/// <summary>A text that stands in no log, error or dead letter; an address with a token in it is one, too.</summary>
internal sealed record Secret(string Value)
{
    /// <summary>Stands where a secret was.</summary>
    public const string Mark = "…";

    // Shorter parts of a secret would take ordinary words out of an answer.
    private const int ShortestPart = 6;

    private static readonly char[] Separators = ['/', '?', '&', '='];

    /// <summary>Never the secret.</summary>
    public override string ToString() => Mark;

    /// <summary>The text without the secrets in it, whole, unescaped, or in parts such as the token of an address.</summary>
    public static string Remove(string text, IEnumerable<Secret> secrets) => secrets
        .SelectMany(secret => Forms(secret.Value))
        .Distinct()
        .OrderByDescending(form => form.Length)
        .Aggregate(text, (rest, form) => rest.Replace(form, Mark, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Forms(string value)
    {
        if (value.Length == 0) return [];
        if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            return [value, Uri.EscapeDataString(value)];
        var parts = $"{url.UserInfo}/{url.PathAndQuery}".Split(Separators, StringSplitOptions.RemoveEmptyEntries)
            .Where(part => part.Length >= ShortestPart);
        string[] whole = url.PathAndQuery.Length > 1 ? [value, url.PathAndQuery] : [value];
        return whole.Concat(parts).Concat(parts.Select(Uri.UnescapeDataString));
    }
}
