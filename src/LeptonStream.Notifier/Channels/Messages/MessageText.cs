using System.Text;

namespace LeptonStream.Notifier.Channels.Messages;

/// <summary>Writes a message as one text; each step says less, the last one nothing but the links.</summary>
internal static class MessageText
{
    // Alerts in full, and alerts in one line; each step is a part of the one before.
    private static readonly (int Full, int Brief)[] Extents = [(5, 15), (3, 10), (1, 10), (1, 5), (1, 2), (0, 3), (0, 1), (0, 0)];

    /// <summary>The number of steps.</summary>
    public static int Steps => Extents.Length;

    /// <summary>The text below the title.</summary>
    /// <param name="message">The message.</param>
    /// <param name="style">Bounds the number of alerts.</param>
    /// <param name="markup">The notation of the channel.</param>
    /// <param name="step">How little to say: 0 is everything.</param>
    /// <param name="withLinks">Whether the links stand in the text; false where the channel has buttons for them.</param>
    public static string Write(AlertMessage message, MessageStyle style, Markup markup, int step, bool withLinks = true)
    {
        var paragraphs = new List<string>();
        // A text of the receiver's own has no shorter form; the built-in one has.
        if (step == 0 && message.Text?.Invoke(markup) is { } own) paragraphs.Add(own);
        else
        {
            if (step < Extents.Length - 1) paragraphs.Add(string.Join(markup.LineBreak, message.Counts.Select(markup.Escape)));
            paragraphs.AddRange(Alerts(message, style, markup, step));
        }

        if (withLinks) paragraphs.Add(string.Join(" · ", message.Links.Select(link => markup.Link(link.Url, link.Text))));
        return string.Join(markup.LineBreak + (markup.LineBreak == "\n" ? "\n" : ""), paragraphs.Where(paragraph => paragraph.Length > 0));
    }

    private static IEnumerable<string> Alerts(AlertMessage message, MessageStyle style, Markup markup, int step)
    {
        var (full, brief) = Extents[step];
        var most = style.MaxAlerts > 0 ? Math.Min(style.MaxAlerts, full + brief) : full + brief;
        // A message about one alert has its summary as the title.
        var isAlone = message.Entries.Count == 1;
        foreach (var entry in message.Entries.Take(Math.Min(full, most))) yield return Full(entry, isAlone, markup);
        var lines = message.Entries.Skip(full).Take(Math.Max(most - full, 0)).Select(entry => "• " + Heading(entry, markup)).ToList();
        var left = message.Entries.Count - Math.Min(most, message.Entries.Count) + message.NotShown;
        if (isAlone && full == 0) yield break;
        if (left > 0) lines.Add(markup.Escape(message.Words.More(left)));
        yield return string.Join(markup.LineBreak, lines);

        string Full(AlertEntry entry, bool hasTitle, Markup notation)
        {
            var parts = new List<string>();
            if (!hasTitle) parts.Add(Heading(entry, notation));
            parts.AddRange(entry.Lines.Select(notation.Escape));
            if (entry.Actions.Count > 0) parts.Add(notation.Bold(message.Words.Actions));
            parts.AddRange(entry.Actions.Select(action => "• " + notation.Escape(action)));
            return string.Join(notation.LineBreak, parts);
        }

        string Heading(AlertEntry entry, Markup notation)
        {
            var state = entry.State != message.State ? $"{message.Words.State(entry.State)} · "
                : entry.Severity is { } other && other != message.Severity ? $"{message.Words.Severity(other)} · "
                : "";
            if (entry.Acknowledged is { } care) state += $"{care} · ";
            return notation == Markup.Plain ? state + entry.Summary : notation.Escape(state) + notation.Link(entry.Url, entry.Summary);
        }
    }

    /// <summary>The length of a text in bytes of UTF-8.</summary>
    public static int Bytes(string text) => Encoding.UTF8.GetByteCount(text);
}
