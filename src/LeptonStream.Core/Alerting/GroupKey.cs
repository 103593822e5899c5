using System.Globalization;
using System.IO.Hashing;
using System.Text;
using LeptonStream.Series;

namespace LeptonStream.Alerting;

/// <summary>The names of groups.</summary>
public static class GroupKey
{
    /// <summary>
    /// The group key of Alertmanager's payload: the route's key, a colon, the group labels; receivers use it to tell groups apart.
    /// </summary>
    public static string Of(string routeKey, LabelSet groupLabels)
    {
        var text = new StringBuilder(routeKey).Append(":{");
        for (var i = 0; i < groupLabels.Count; i++)
        {
            if (i > 0) text.Append(", ");
            text.Append(groupLabels[i].Key).Append('=');
            Quote(text, groupLabels[i].Value);
        }

        return text.Append('}').ToString();
    }

    /// <summary>The key of the route in a group key; null where the group labels are not these.</summary>
    /// <param name="groupKey">The group key.</param>
    /// <param name="groupLabels">Its group labels.</param>
    public static string? RouteKeyOf(string groupKey, LabelSet groupLabels)
    {
        ArgumentNullException.ThrowIfNull(groupKey);
        var end = Of("", groupLabels);
        return groupKey.EndsWith(end, StringComparison.Ordinal) ? groupKey[..^end.Length] : null;
    }

    /// <summary>
    /// A group's identity in the store, 32 hexadecimal digits: group keys have no bound on their length, and two receivers may share one.
    /// </summary>
    public static string IdOf(string groupKey, string receiver) =>
        Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes($"{groupKey}\n{receiver}")));

    // Go's quoting, byte for byte where it can be told apart: receivers compare group keys as text.
    private static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var rune in value.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '"': text.Append("\\\""); break;
                case '\\': text.Append("\\\\"); break;
                case '\a': text.Append("\\a"); break;
                case '\b': text.Append("\\b"); break;
                case '\f': text.Append("\\f"); break;
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                case '\t': text.Append("\\t"); break;
                case '\v': text.Append("\\v"); break;
                case < 0x20 or 0x7F: text.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"); break;
                default: AppendPrintable(text, rune); break;
            }
        }

        text.Append('"');
    }

    private static void AppendPrintable(StringBuilder text, Rune rune)
    {
        var printable = rune.Value == ' ' || Rune.GetUnicodeCategory(
            rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
        if (printable) text.Append(rune);
        else if (rune.IsBmp) text.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
        else text.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
    }
}
