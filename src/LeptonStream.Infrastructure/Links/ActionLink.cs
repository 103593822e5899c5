using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace LeptonStream.Links;

/// <summary>
/// The right to act on the alerts of one notification, for whoever was sent it: the notification's id and the end of the right, signed.
/// </summary>
/// <param name="Notification">The notification.</param>
/// <param name="ExpiresAt">From when on it is void; whole seconds.</param>
public readonly record struct ActionLink(Guid Notification, DateTimeOffset ExpiresAt)
{
    // 64 bits of seconds after the id; the first half of an HMAC-SHA256 over both.
    private const int SignedBytes = 24;
    private const int SignatureBytes = 16;
    private const int Bytes = SignedBytes + SignatureBytes;

    private static readonly byte[] Purpose = "lepton action link 1"u8.ToArray();

    /// <summary>Characters of the text of a link.</summary>
    public static readonly int Length = Base64Url.GetEncodedLength(Bytes);

    /// <summary>The text of the link, fit for an address.</summary>
    public string Write(ActionLinkKey key)
    {
        Span<byte> link = stackalloc byte[Bytes];
        Notification.TryWriteBytes(link, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(link[16..], ExpiresAt.ToUnixTimeSeconds());
        Sign(key, link[..SignedBytes], link[SignedBytes..]);
        return Base64Url.EncodeToString(link);
    }

    /// <summary>Reads a link that was signed with the key; whether it has expired is for the caller to see.</summary>
    public static bool TryRead(string text, ActionLinkKey key, out ActionLink link)
    {
        link = default;
        Span<byte> bytes = stackalloc byte[Bytes];
        if (text.Length != Length || Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done
            || written != Bytes) return false;
        Span<byte> expected = stackalloc byte[SignatureBytes];
        Sign(key, bytes[..SignedBytes], expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, bytes[SignedBytes..])) return false;
        link = new(
            new Guid(bytes[..16], bigEndian: true),
            DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(bytes[16..])));
        return true;
    }

    private static void Sign(ActionLinkKey key, ReadOnlySpan<byte> content, Span<byte> signature)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key.Secret.Span);
        mac.AppendData(Purpose);
        mac.AppendData(content);
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        mac.GetHashAndReset(whole);
        whole[..SignatureBytes].CopyTo(signature);
    }
}
