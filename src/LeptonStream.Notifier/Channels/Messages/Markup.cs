using System.Net;
using System.Text;

namespace LeptonStream.Notifier.Channels.Messages;

/// <summary>
/// A notation in which a chat shows text. <see cref="Escape"/> makes any text show as it stands: no emphasis, no link, no mention.
/// </summary>
internal abstract class Markup
{
    public static readonly Markup Plain = new PlainMarkup();

    public static readonly Markup Html = new HtmlMarkup();

    public static readonly Markup Backslash = new BackslashMarkdown();

    public static readonly Markup FullWidth = new FullWidthMarkdown();

    /// <summary>Takes part in no word, and is not seen.</summary>
    protected const char Apart = '\u200B';

    public abstract string Escape(string text);

    public abstract string Bold(string text);

    public abstract string Link(Uri url, string text);

    /// <summary>Separates two lines.</summary>
    public virtual string LineBreak => "\n";

    // So that neither a name becomes a mention nor an address of a producer a link.
    private static string Unlinked(string text) =>
        text.Replace("@", $"@{Apart}", StringComparison.Ordinal).Replace("://", $":{Apart}//", StringComparison.Ordinal)
            .Replace("www.", $"www{Apart}.", StringComparison.OrdinalIgnoreCase);

    /// <summary>For fields that are shown as they stand.</summary>
    private sealed class PlainMarkup : Markup
    {
        public override string Escape(string text) => text;

        public override string Bold(string text) => text;

        public override string Link(Uri url, string text) => $"{text}: {url.AbsoluteUri}";
    }

    /// <summary>The part of HTML that mail and Telegram share.</summary>
    private sealed class HtmlMarkup : Markup
    {
        public override string Escape(string text) => WebUtility.HtmlEncode(Unlinked(text));

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

        public override string Link(Uri url, string text) =>
            $"[{Escape(text)}]({Unbracketed(url.AbsoluteUri)})";

        private static string Unbracketed(string url) =>
            url.Replace("(", "%28", StringComparison.Ordinal).Replace(")", "%29", StringComparison.Ordinal);

        // A single line break is a blank there.
        public override string LineBreak => "\n\n";

        private static bool IsBegun(StringBuilder text) => text.Length > 0
            && (text[0] is '-' or '+' or '=' or '_' || (text.Length > 1 && char.IsAsciiDigit(text[0]) && text[1] is '.' or ')'));
    }
}
