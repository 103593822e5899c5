using System.Text.RegularExpressions;

namespace LeptonStream.Notifier.Channels.Messages;

/// <summary>The place in HTML that follows a text; a value may stand in some of them only.</summary>
internal enum HtmlPlace
{
    /// <summary>Between tags.</summary>
    Text = 0,

    /// <summary>In the quotes of an attribute that holds an address.</summary>
    Address = 1,

    /// <summary>In the quotes of another attribute.</summary>
    Attribute = 2,

    /// <summary>Where a value would be code, a style, or a part of a tag.</summary>
    Forbidden = 3,
}

/// <summary>Finds the place in HTML.</summary>
internal static partial class HtmlPlaces
{
    private static readonly string[] Addresses = ["href", "src", "action", "background", "cite", "poster"];
    private static readonly string[] Harmless = ["title", "alt", "width", "height", "align", "class", "id", "colspan", "rowspan"];

    /// <summary>The place behind a text.</summary>
    public static HtmlPlace Behind(string text)
    {
        if (IsOpen(text, "script") || IsOpen(text, "style")) return HtmlPlace.Forbidden;
        var open = text.LastIndexOf('<');
        if (open < 0 || text.IndexOf('>', open) >= 0) return HtmlPlace.Text;
        var attribute = Attribute().Match(text, open);
        if (!attribute.Success) return HtmlPlace.Forbidden;
        var name = attribute.Groups["name"].Value.ToLowerInvariant();
        // A value behind other signs is a part of an address, whose beginning the author chose.
        if (Addresses.Contains(name)) return attribute.Groups["begun"].Length == 0 ? HtmlPlace.Address : HtmlPlace.Attribute;
        return Harmless.Contains(name) ? HtmlPlace.Attribute : HtmlPlace.Forbidden;
    }

    private static bool IsOpen(string text, string tag) =>
        text.LastIndexOf("<" + tag, StringComparison.OrdinalIgnoreCase) > text.LastIndexOf("</" + tag, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("""\s(?<name>[A-Za-z-]+)\s*=\s*(?:"(?<begun>[^"]*)|'(?<begun>[^']*))\z""", RegexOptions.CultureInvariant)]
    private static partial Regex Attribute();
}
