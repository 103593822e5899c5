using System.Globalization;
using System.Text;
using LeptonStream.Series;

namespace LeptonStream.Alerting;

/// <summary>
/// The identity of a label set as Prometheus and Alertmanager compute it, so that receivers recognise an alert whoever sent it.
/// </summary>
/// <param name="Value">FNV-1a, 64 bits, over the sorted labels: name, 0xFF, value, 0xFF.</param>
public readonly record struct Fingerprint(ulong Value)
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;
    private const byte Separator = 0xFF;

    /// <summary>Computes the fingerprint of a label set.</summary>
    public static Fingerprint Of(LabelSet labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var hash = Offset;
        foreach (var (name, value) in labels)
        {
            hash = Add(Add(hash, name), value);
        }

        return new(hash);
    }

    /// <summary>Reads the text form back.</summary>
    /// <exception cref="FormatException">It is not 1 to 16 hexadecimal digits.</exception>
    public static Fingerprint Parse(string text) => new(ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));

    /// <summary>16 hexadecimal digits, as on the wire.</summary>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);

    private static ulong Add(ulong hash, string text)
    {
        foreach (var unit in Encoding.UTF8.GetBytes(text)) hash = (hash ^ unit) * Prime;
        return (hash ^ Separator) * Prime;
    }
}
