using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Output;

namespace LeptonStream.Notifier.Channels.Messages;

/// <summary>
/// A notation in which a chat shows text. <see cref="Escape"/> makes any text show as it stands: no emphasis, no link, no mention.
/// </summary>
internal abstract partial class Markup
{
    public static readonly Markup Plain = new PlainMarkup();

    public static readonly Markup Html = new HtmlMarkup("\n");

    public static readonly Markup Mail = new HtmlMarkup("<br>\n");

    public static readonly Markup Backslash = new BackslashMarkdown();

    public static readonly Markup FullWidth = new FullWidthMarkdown();

    public static readonly Markup Slack = new SlackMarkup();

    /// <summary>Takes part in no word, and is not seen.</summary>
    protected const char Apart = '\u200B';

    public abstract string Escape(string text);

    public abstract string Bold(string text);

    public abstract string Link(Uri url, string text);

    /// <summary>Separates two lines.</summary>
    public virtual string LineBreak => "\n";

    /// <summary>
    /// A value in a template whose author's own signs mean what they mean: the value shows as it stands, or is the target of a link that
    /// the author began.
    /// </summary>
    /// <param name="before">The text up to the value.</param>
    /// <param name="value">The value.</param>
    public virtual string Value(StringBuilder before, string value)
    {
        if (IsTarget(before)) return UrlText.Parse(value.Trim()) is { } url ? Target(url) : "#";
        return string.Join(LineBreak, value.ReplaceLineEndings("\n").Split('\n').Select(line => Escape(SafeText.OneLine(line))));
    }

    /// <summary>Writes the values of one run of a template; see <see cref="Value"/>.</summary>
    public virtual Func<StringBuilder, string, string> Values() => Value;

    /// <summary>Whether the target of a link follows a text.</summary>
    protected virtual bool IsTarget(StringBuilder before) => false;

    /// <summary>An address as the target of a link.</summary>
    protected virtual string Target(Uri url) => url.AbsoluteUri;

    /// <summary>Whether a text ends in another.</summary>
    protected static bool Ends(StringBuilder text, string with)
    {
        if (text.Length < with.Length) return false;
        for (var i = 1; i <= with.Length; i++)
            if (text[^i] != with[^i]) return false;
        return true;
    }

    // So that neither a name becomes a mention nor an address of a producer a link.
    private static string Unlinked(string text) =>
        text.Replace("@", $"@{Apart}", StringComparison.Ordinal).Replace("://", $":{Apart}//", StringComparison.Ordinal)
            .Replace("www.", $"www{Apart}.", StringComparison.OrdinalIgnoreCase);

    private static string Unbracketed(string url) =>
        url.Replace("(", "%28", StringComparison.Ordinal).Replace(")", "%29", StringComparison.Ordinal);

    /// <summary>
    /// Slack's mrkdwn, which knows escapes of three signs only: another that means something stands as its full-width twin.
    /// </summary>
    private sealed partial class SlackMarkup : Markup
    {
        public override string Escape(string text) => Emphasis().Replace(
            Unlinked(text).Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
                .Replace(">", "&gt;", StringComparison.Ordinal),
            sign => ((char)(sign.Value[0] - '!' + '！')).ToString());

        public override string Bold(string text) => $"*{Escape(text)}*";

        public override string Link(Uri url, string text) => $"<{Target(url)}|{Escape(text)}>";

        protected override bool IsTarget(StringBuilder before) => Ends(before, "<");

        protected override string Target(Uri url) => url.AbsoluteUri.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "%3C", StringComparison.Ordinal).Replace(">", "%3E", StringComparison.Ordinal)
            .Replace("|", "%7C", StringComparison.Ordinal);

        // An underscore inside of a word is one of its letters.
        [GeneratedRegex(@"[*~`]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])", RegexOptions.CultureInvariant)]
        private static partial Regex Emphasis();
    }

    /// <summary>For fields that are shown as they stand.</summary>
    private sealed class PlainMarkup : Markup
    {
        public override string Escape(string text) => text;

        public override string Bold(string text) => text;

        public override string Link(Uri url, string text) => $"{text}: {url.AbsoluteUri}";
    }

    /// <summary>The part of HTML that mail and Telegram share.</summary>
    private sealed class HtmlMarkup(string lineBreak) : Markup
    {
        public override string LineBreak => lineBreak;

        public override string Escape(string text) => WebUtility.HtmlEncode(Unlinked(text));

        public override string Value(StringBuilder before, string value) => Values()(before, value);

        public override Func<StringBuilder, string, string> Values()
        {
            var places = new HtmlPlaces();
            return (before, value) => places.Behind(before) switch
            {
                HtmlPlace.Text => base.Value(before, value),
                HtmlPlace.Address => WebUtility.HtmlEncode(UrlText.Parse(value.Trim())?.AbsoluteUri ?? "#"),
                HtmlPlace.Attribute => WebUtility.HtmlEncode(SafeText.OneLine(value)),
                _ => "",
            };
        }

        public override string Bold(string text) => $"<b>{Escape(text)}</b>";

        public override string Link(Uri url, string text) => $"<a href=\"{WebUtility.HtmlEncode(url.AbsoluteUri)}\">{Escape(text)}</a>";
    }

    /// <summary>Markdown in which a backslash takes the meaning of every sign, as in Discord.</summary>
    private sealed class BackslashMarkdown : Markup
    {
        private const string Signs = "\\`*_{}[]()<>#+-.!|~:&@";

        public override string Escape(string text)
        {
            var escaped = new StringBuilder(text.Length);
            foreach (var letter in Unlinked(text))
            {
                if (Signs.Contains(letter, StringComparison.Ordinal)) escaped.Append('\\');
                escaped.Append(letter);
            }

            return escaped.ToString();
        }

        protected override bool IsTarget(StringBuilder before) => Ends(before, "](") || Ends(before, "](<");

        protected override string Target(Uri url) => Unbracketed(url.AbsoluteUri);

        public override string Bold(string text) => $"**{Escape(text)}**";

        public override string Link(Uri url, string text) => $"[{Escape(text)}](<{url.AbsoluteUri}>)";
    }

    /// <summary>
    /// Markdown of DingTalk and WeCom, which know no escapes: a sign that means something stands as its full-width twin.
    /// </summary>
    private sealed class FullWidthMarkdown : Markup
    {
        private const string Signs = "*<>[]`#!&~|\\";

        public override string Escape(string text)
        {
            var escaped = new StringBuilder(text.Length);
            foreach (var letter in Unlinked(text))
                escaped.Append(Signs.Contains(letter, StringComparison.Ordinal) ? (char)(letter - '!' + '！') : letter);

            // At the beginning of a line these make lists and rules; a name between underscores would lean.
            return IsBegun(escaped) ? escaped.Insert(0, Apart).ToString() : escaped.ToString();
        }

        public override string Bold(string text) => $"**{Escape(text)}**";

        protected override bool IsTarget(StringBuilder before) => Ends(before, "](");

        protected override string Target(Uri url) => Unbracketed(url.AbsoluteUri);

        public override string Link(Uri url, string text) =>
            $"[{Escape(text)}]({Unbracketed(url.AbsoluteUri)})";

        // A single line break is a blank there.
        public override string LineBreak => "\n\n";

        private static bool IsBegun(StringBuilder text) => text.Length > 0
            && (text[0] is '-' or '+' or '=' or '_' || (text.Length > 1 && char.IsAsciiDigit(text[0]) && text[1] is '.' or ')'));
    }
}
