using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;
using LeptonStream.Notifier.Templates;

namespace LeptonStream.Notifier.Channels.Kinds;

/// <summary>What a receiver says of its Slack messages beside title and text.</summary>
internal sealed record SlackParts
{
    private const int MostFields = 10;
    private const int MostActions = 3;
    private const int LongestField = 2_000;
    private const int LongestButton = 75;

    // Of the attachments that blocks took the place of.
    private static readonly string[] WithoutEffect =
        ["mrkdwn_in", "short_fields", "link_names", "callback_id", "thumb_url", "message_text", "update_message"];

    /// <summary>Channel or user in place of the webhook's own.</summary>
    public Template? Channel { get; init; }

    /// <summary>Name of the sender.</summary>
    public Template? Username { get; init; }

    /// <summary>Icon of the sender.</summary>
    public Template? IconEmoji { get; init; }

    /// <summary>Icon of the sender.</summary>
    public Template? IconUrl { get; init; }

    /// <summary>A picture below the text.</summary>
    public Template? ImageUrl { get; init; }

    /// <summary>The colour of the bar.</summary>
    public Template? Color { get; init; }

    /// <summary>The text above the title.</summary>
    public Template? Pretext { get; init; }

    /// <summary>The text below everything.</summary>
    public Template? Footer { get; init; }

    /// <summary>The text of a phone's notification.</summary>
    public Template? Fallback { get; init; }

    /// <summary>The address to read on, in place of the alert's on the dashboard.</summary>
    public Template? TitleLink { get; init; }

    /// <summary>Titles and values in two columns.</summary>
    public ValueList<(Template Title, Template Value)> Fields { get; init; } = new([]);

    /// <summary>Buttons beside ours.</summary>
    public ValueList<(Template Text, Template Url)> Actions { get; init; } = new([]);

    public static SlackParts Read(ChannelSection section)
    {
        foreach (var field in WithoutEffect.Where(section.Fields.Has))
            section.Fields.Note(field, "has no effect: a message is made of blocks");
        return new()
        {
            Channel = section.Template("channel"),
            Username = section.Template("username"),
            IconEmoji = section.Template("icon_emoji"),
            IconUrl = section.Template("icon_url"),
            ImageUrl = section.Template("image_url"),
            Color = section.Template("color"),
            Pretext = section.Template("pretext"),
            Footer = section.Template("footer"),
            Fallback = section.Template("fallback"),
            TitleLink = section.Template("title_link"),
            Fields = new(Pairs(section, "fields", "title", "value", ["short"])),
            Actions = new(Pairs(section, "actions", "text", "url", ["type", "style", "name", "value", "confirm"])),
        };
    }

    /// <summary>The fields as blocks.</summary>
    public IEnumerable<object> Sections(MessageTemplates templates) => Fields
        .Select(field => (Title: templates.Text(field.Title, Markup.Slack), Value: templates.Text(field.Value, Markup.Slack)))
        .Where(field => field is { Title: not null } or { Value: not null })
        .Select(field => SlackChannel.Mrkdwn($"*{field.Title}*\n{field.Value}", LongestField))
        .Chunk(MostFields)
        .Select(fields => new { type = "section", fields });

    /// <summary>The links of a message, and the receiver's own behind them.</summary>
    public IEnumerable<MessageLink> Links(AlertMessage message)
    {
        var first = message.Templates.Line(TitleLink) is { } own && UrlText.Parse(own) is { } url
            ? message.Links[0] with { Url = url } : message.Links[0];
        var more = Actions.Select(action => (Text: message.Templates.Line(action.Text), Url: message.Templates.Line(action.Url)))
            .Where(action => action is { Text: not null, Url: not null } && UrlText.Parse(action.Url) is not null)
            .Select(action => new MessageLink(MessageBuilder.Cut(action.Text!, LongestButton), UrlText.Parse(action.Url!)!));
        return [first, .. message.Links.Skip(1), .. more.Take(MostActions)];
    }

    private static (Template, Template)[] Pairs(ChannelSection section, string field, string first, string second, string[] passed)
    {
        var pairs = new List<(Template, Template)>();
        foreach (var part in section.Fields.Sections(field))
        {
            var left = section.Template(part, first, part.RequiredText(first));
            var right = section.Template(part, second, part.RequiredText(second));
            if (left is not null && right is not null) pairs.Add((left, right));
            foreach (var without in passed.Where(part.Has)) part.Pass(without);
            part.End();
        }

        return [.. pairs];
    }
}
