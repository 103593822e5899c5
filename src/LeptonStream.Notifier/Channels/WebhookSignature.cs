using System.Security.Cryptography;
using System.Text;

namespace LeptonStream.Notifier.Channels;

/// <summary>
/// The signature of Standard Webhooks: HMAC-SHA256 over <c>id.timestamp.body</c>. While a secret is changed both may be given, and a
/// receiver takes either.
/// </summary>
internal static class WebhookSignature
{
    /// <summary>What a secret looks like, for errors.</summary>
    public const string Form = "write 24 to 64 random bytes as base64 behind 'whsec_'; while it changes, two of them with a blank between";

    private const string Prefix = "whsec_";

    /// <summary>The value of the header: one signature for each secret.</summary>
    /// <param name="secrets">One or more secrets, separated by blanks.</param>
    /// <param name="id">The value of <c>webhook-id</c>.</param>
    /// <param name="time">The value of <c>webhook-timestamp</c>.</param>
    /// <param name="body">The bytes that are sent.</param>
    public static string Of(string secrets, string id, string time, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{time}."), .. body];
        var signatures = Split(secrets).Select(secret => HMACSHA256.HashData(KeyOf(secret)!, signed));
        return string.Join(' ', signatures.Select(signature => "v1," + Convert.ToBase64String(signature)));
    }

    /// <summary>Whether each of the secrets has the form of one.</summary>
    public static bool AreSound(string secrets) =>
        Split(secrets) is { Length: > 0 } all && all.All(secret => KeyOf(secret) is { Length: >= 24 and <= 64 });

    private static string[] Split(string secrets) => secrets.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static byte[]? KeyOf(string secret)
    {
        var text = secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret;
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text, key, out var length) ? key[..length] : null;
    }
}
