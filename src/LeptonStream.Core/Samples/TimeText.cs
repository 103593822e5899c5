using System.Text.Json;

namespace LeptonStream.Samples;

/// <summary>
/// Times as text: RFC 3339, and what languages print that means the same: a blank or <c>t</c> for the T, <c>z</c> for Z, offsets without a
/// colon (<c>+0000</c>) or without minutes (<c>+00</c>). Without an offset a text would mean another instant on every machine, and is
/// refused. A leap second, <c>:60</c> at the end of a month in UTC, is read as the second after <c>:59</c>, as in POSIX.
/// </summary>
public static class TimeText
{
    // 2026-11-22T10:00:00, sixteen digits of a fraction, an offset.
    private const int MaxBytes = 19 + 17 + 6;
    private const int DateBytes = 10;
    private const int SecondsBegin = 17;
    private const int SecondsEnd = 19;

    /// <summary>Reads the string that the reader stands at.</summary>
    /// <param name="reader">At a string.</param>
    /// <param name="time">The instant.</param>
    public static bool TryRead(ref Utf8JsonReader reader, out Timestamp time)
    {
        time = default;
        var text = reader.ValueSpan;
        if (IsPlain(text) && reader.TryGetDateTimeOffset(out var instant))
        {
            time = Timestamp.FromDateTimeOffset(instant);
            return true;
        }

        // An escape takes six bytes for one.
        if (text.Length > MaxBytes * 6) return false;
        Span<byte> plain = stackalloc byte[MaxBytes * 6];
        var length = reader.CopyString(plain);
        return TryRead(plain[..length], out time);
    }

    private static bool IsPlain(ReadOnlySpan<byte> text) =>
        text.Length > SecondsEnd && (text[^1] == (byte)'Z' || (IsSign(text[^6]) && text[^3] == (byte)':'));

    /// <summary>Reads a text without escapes.</summary>
    /// <param name="text">The text.</param>
    /// <param name="time">The instant.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, out Timestamp time)
    {
        time = default;
        if (text.Length is <= SecondsEnd or > MaxBytes || text.ContainsAny((byte)'"', (byte)'\\', (byte)'\n')) return false;
        if (text[DateBytes] is not ((byte)'T' or (byte)'t' or (byte)' ')) return false;
        Span<byte> quoted = stackalloc byte[MaxBytes + 5];
        quoted[0] = (byte)'"';
        var offset = OffsetOf(text);
        if (offset <= 0) return false;
        text[..offset].CopyTo(quoted[1..]);
        quoted[1 + DateBytes] = (byte)'T';
        var used = 1 + offset;
        if (text[offset] is (byte)'Z' or (byte)'z')
        {
            quoted[used++] = (byte)'Z';
        }
        else
        {
            text[offset..(offset + 3)].CopyTo(quoted[used..]);
            used += 3;
            quoted[used++] = (byte)':';
            var minutes = text[(offset + 3)..];
            (minutes.IsEmpty ? "00"u8 : minutes[^2..]).CopyTo(quoted[used..]);
            used += 2;
        }

        quoted[used++] = (byte)'"';
        var isLeap = quoted[(1 + SecondsBegin)..(1 + SecondsEnd)].SequenceEqual("60"u8);
        if (isLeap) "59"u8.CopyTo(quoted[(1 + SecondsBegin)..]);
        var reader = new Utf8JsonReader(quoted[..used]);
        reader.Read();
        if (!reader.TryGetDateTimeOffset(out var instant)) return false;
        if (isLeap && !TryLeap(ref instant)) return false;
        time = Timestamp.FromDateTimeOffset(instant);
        return true;
    }

    // Leap seconds are put in before midnight UTC of a month's first day, and nowhere else.
    private static bool TryLeap(ref DateTimeOffset instant)
    {
        if (instant > DateTimeOffset.MaxValue.AddSeconds(-1)) return false;
        instant = instant.AddSeconds(1);
        return instant.UtcDateTime is { Day: 1, Hour: 0, Minute: 0, Second: 0 };
    }

    // Where Z, ±hh:mm, ±hhmm or ±hh begins; 0 where the text has none.
    private static int OffsetOf(ReadOnlySpan<byte> text)
    {
        if (text[^1] is (byte)'Z' or (byte)'z') return text.Length - 1;
        if (IsSign(text[^6]) && text[^3] == (byte)':') return text.Length - 6;
        if (IsSign(text[^5])) return text.Length - 5;
        return IsSign(text[^3]) ? text.Length - 3 : 0;
    }

    private static bool IsSign(byte unit) => unit is (byte)'+' or (byte)'-';
}
