using System.Buffers;
using System.Buffers.Text;

namespace LeptonStream.Samples;

/// <summary>
/// Reads the JSON that almost all producers write: strings of printable ASCII without escapes, numbers without exponents. Whatever else
/// comes makes a method return false, and the text is to be read by <see cref="System.Text.Json.Utf8JsonReader"/> from its beginning.
/// What it accepts is JSON and means the same to that.
/// </summary>
internal ref struct PlainJson(ReadOnlySpan<byte> text)
{
    // Whole numbers of so many digits, and powers of ten up to that, are exact in a double, so that one division rounds as it must.
    private const int ExactDigits = 15;
    private const int WholeDigits = 18;

    // What ends a plain string: a quotation mark, or a byte that is not plain.
    private static readonly SearchValues<byte> Ends =
        SearchValues.Create([.. Enumerable.Range(0, 256).Where(b => b is < 0x20 or '"' or '\\' or > 0x7E).Select(b => (byte)b)]);

    private static readonly double[] PowersOfTen = [.. Enumerable.Range(0, ExactDigits + 1).Select(power => Math.Pow(10, power))];

    private readonly ReadOnlySpan<byte> _text = text;
    private int _at;

    /// <summary>Whether nothing but white space follows.</summary>
    public bool IsAtEnd
    {
        get
        {
            SkipSpace();
            return _at == _text.Length;
        }
    }

    /// <summary>Takes one character if it comes next, behind any white space.</summary>
    public bool TryTake(char expected)
    {
        SkipSpace();
        if (_at == _text.Length || _text[_at] != expected) return false;
        _at++;
        return true;
    }

    /// <summary>Takes bytes if exactly these come next, behind any white space.</summary>
    public bool TryTake(ReadOnlySpan<byte> expected)
    {
        SkipSpace();
        if (!_text[_at..].StartsWith(expected)) return false;
        _at += expected.Length;
        return true;
    }

    /// <summary>Reads a string.</summary>
    public bool TryText(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryTake('"')) return false;
        var rest = _text[_at..];
        var length = rest.IndexOfAny(Ends);
        if (length < 0 || rest[length] != (byte)'"') return false;
        value = rest[..length];
        _at += length + 1;
        return true;
    }

    /// <summary>Reads a string and the colon behind it.</summary>
    public bool TryName(out ReadOnlySpan<byte> name) => TryText(out name) && TryTake(':');

    /// <summary>Reads a whole number from 0.</summary>
    public bool TryWhole(out long value)
    {
        SkipSpace();
        value = 0;
        var from = _at;
        for (; _at < _text.Length && IsDigit(_text[_at]); _at++)
        {
            if (_at - from == WholeDigits) return false;
            value = (value * 10) + (_text[_at] - '0');
        }

        return IsWhole(from, _at);
    }

    /// <summary>Reads a number, rounded to the nearest double.</summary>
    public bool TryNumber(out double value)
    {
        SkipSpace();
        value = 0;
        var from = _at;
        var isNegative = _at < _text.Length && _text[_at] == (byte)'-';
        if (isNegative) _at++;
        ulong digits = 0;
        var whole = _at;
        _at = Digits(whole, ref digits);
        if (!IsWhole(whole, _at)) return false;
        var count = _at - whole;
        var decimals = 0;
        if (_at < _text.Length && _text[_at] == (byte)'.')
        {
            var fraction = _at + 1;
            _at = Digits(fraction, ref digits);
            decimals = _at - fraction;
            if (decimals == 0) return false;
        }

        if (_at < _text.Length && _text[_at] is (byte)'e' or (byte)'E') return false;
        if (count + decimals > ExactDigits) return Utf8Parser.TryParse(_text[from.._at], out value, out _) && double.IsFinite(value);
        value = digits / PowersOfTen[decimals];
        if (isNegative) value = -value;
        return true;
    }

    // With more than nineteen digits their number overflows, and is not used.
    private readonly int Digits(int at, ref ulong digits)
    {
        for (; at < _text.Length && IsDigit(_text[at]); at++) digits = unchecked((digits * 10) + (ulong)(_text[at] - '0'));
        return at;
    }

    // JSON knows no leading zeros.
    private readonly bool IsWhole(int from, int to) => to > from && (_text[from] != (byte)'0' || to == from + 1);

    private void SkipSpace()
    {
        while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') _at++;
    }

    private static bool IsDigit(byte unit) => (uint)(unit - '0') <= 9;
}
