namespace LeptonStream.Samples;

/// <summary>
/// Puts quotes around <c>NaN</c>, <c>-Infinity</c> and the like where they stand in JSON without any, as Python's <c>json.dumps</c> writes
/// them. Its buffer is used again for the next message.
/// </summary>
public sealed class BareNumbers
{
    private byte[] _buffer = [];
    private int _used;

    /// <summary>The message as it was written last; valid until the next call.</summary>
    public ReadOnlySpan<byte> Quoted => _buffer.AsSpan(0, _used);

    /// <summary>Writes a message with the quotes it lacks; false, and nothing of use is written, where it has no such word.</summary>
    /// <param name="json">UTF-8. What is no JSON for other reasons stays none.</param>
    public bool TryQuote(ReadOnlySpan<byte> json)
    {
        var found = false;
        _used = 0;
        while (!json.IsEmpty)
        {
            var length = json[0] == (byte)'"' ? StringLength(json) : WordLength(json);
            var isBare = NonFiniteWord.TryRead(json[..length], out _);
            found |= isBare;
            if (isBare) Append("\""u8);
            Append(json[..length]);
            if (isBare) Append("\""u8);
            json = json[length..];
        }

        return found;
    }

    // A string that was cut ends with its line.
    private static int StringLength(ReadOnlySpan<byte> json)
    {
        for (var at = 1; at < json.Length; at++)
        {
            if (json[at] == (byte)'\\') at++;
            else if (json[at] is (byte)'"' or (byte)'\n') return at + 1;
        }

        return json.Length;
    }

    // Letters, digits and what numbers are made of; else everything up to the next such byte or quote.
    private static int WordLength(ReadOnlySpan<byte> json)
    {
        var at = 1;
        var isWord = IsOfWord(json[0]);
        while (at < json.Length && json[at] != (byte)'"' && IsOfWord(json[at]) == isWord) at++;
        return at;
    }

    private static bool IsOfWord(byte unit) =>
        char.IsAsciiLetterOrDigit((char)unit) || unit is (byte)'+' or (byte)'-' or (byte)'.' or (byte)'_' or >= 0x80;

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_used + bytes.Length > _buffer.Length) Array.Resize(ref _buffer, Math.Max(2 * _buffer.Length, _used + bytes.Length));
        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }
}
