using System.Text.RegularExpressions;
using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Channels.Messages;
using LeptonStream.Notifier.Templates;
using LeptonStream.Yaml;

namespace LeptonStream.Notifier.Channels;

/// <summary>
/// One entry of a receiver's <c>NAME_configs</c>, beside the defaults that the file's <c>global</c> gives: the readers of fields that kinds
/// share.
/// </summary>
internal sealed partial class ChannelSection(YamlSection fields, GlobalSection global)
{
    private static readonly Uri None = new("http://invalid.invalid/");

    /// <summary>The fields of the entry.</summary>
    public YamlSection Fields => fields;

    /// <summary>The defaults of the file.</summary>
    public GlobalSection Global => global;

    public bool SendResolved(bool otherwise) => fields.Flag("send_resolved", otherwise);

    public TimeSpan? Timeout() => fields.Duration("timeout", "100ms", "5m");

    /// <summary>Proxy, credentials and certificates: the entry's own, or the file's.</summary>
    public HttpOptions Http() => fields.OptionalSection("http_config") is { } own ? HttpSection.Read(own) : global.Http;

    /// <summary>An address of the entry, in the field or in the file that <c>FIELD_file</c> names; else the default of the file.</summary>
    /// <param name="field">The field.</param>
    /// <param name="fallback">The field of <c>global</c>; null where there is none.</param>
    /// <param name="otherwise">The address where neither says one; null where one must.</param>
    public Uri Url(string field, string? fallback = null, string? otherwise = null)
    {
        // The address itself never stands in an error: it may be a secret.
        if (Secret(field, text => UrlText.Parse(text) is not null, $"holds no address: {UrlText.Form}", fallback) is { } own)
            return UrlText.Parse(own.Value) ?? None;
        if (otherwise is not null) return new(otherwise);
        Missing(field, fallback);
        return None;
    }

    /// <summary>A secret that must be there.</summary>
    public Secret RequiredSecret(string field, string? fallback = null)
    {
        if (Secret(field, fallback: fallback) is { } secret) return secret;
        Missing(field, fallback);
        return new("");
    }

    /// <summary>A secret, in the field or in the file that <c>FIELD_file</c> names; else the file's default; null without any.</summary>
    /// <param name="field">The field.</param>
    /// <param name="isSound">Whether a value can be used; null takes any.</param>
    /// <param name="wrong">The error where it can't, to follow the field's name.</param>
    /// <param name="fallback">The field of <c>global</c>; null where there is none.</param>
    public Secret? Secret(string field, Func<string, bool>? isSound = null, string wrong = "", string? fallback = null)
    {
        var given = SecretField.Read(fields, field);
        if (given is null && fallback is not null) given = SecretField.Read(global.Fields, fallback);
        if (given is not { } found) return null;
        if (found.Text is { } text && isSound?.Invoke(text) is false) found.Section.Wrong(found.Field, wrong);
        return new(found.Text ?? "");
    }

    /// <summary>
    /// A text that is a template, as in Alertmanager; one of Alertmanager's defaults means ours.
    /// </summary>
    /// <returns>The template; null where the field is absent, empty, or a default.</returns>
    public Template? Template(string field)
    {
        if (fields.Text(field) is not { Length: > 0 } text) return null;
        // A file of templates may define Alertmanager's default itself.
        var standard = DefaultTemplate().Match(text);
        return standard.Success && !global.Templates.Defines(standard.Groups["name"].Value) ? null : Template(fields, field, text);
    }

    /// <summary>A text that must be there, and that is no template.</summary>
    public string Literal(string field)
    {
        var text = fields.RequiredText(field);
        if (text.Contains("{{", StringComparison.Ordinal)) fields.Wrong(field, "is a template, which is not supported here");
        return text;
    }

    /// <summary>The texts of a map, each a template.</summary>
    public IReadOnlyList<(string Name, Template Text)> Templates(string field) => [.. fields.Pairs(field)
        .Select(pair => (pair.Name, Template(fields, field, pair.Value))).Where(pair => pair.Item2 is not null)!];

    /// <summary>A text of a part of the entry, which is a template.</summary>
    public Template? Template(YamlSection part, string field, string text)
    {
        try
        {
            return global.Templates.Read(text);
        }
        catch (TemplateFault fault)
        {
            part.Wrong(field, $"{fault.Message} (line {fault.Line} of the template)");
            return null;
        }
    }

    /// <summary>Whether messages show the chart of their alert.</summary>
    public bool Chart() => fields.Flag("chart", otherwise: true);

    /// <summary>How the receiver wants its messages to read.</summary>
    /// <param name="title">The field for a title of its own; null where the kind has none.</param>
    /// <param name="text">The field for a text of its own; null where the kind has none.</param>
    public MessageStyle Style(string? title = null, string? text = null) => new(
        fields.OneOf("language", "en", "zh-CN") == "zh-CN" ? MessageLanguage.Chinese : MessageLanguage.English,
        Zone(),
        fields.Count("max_alerts"),
        title is null ? null : Template(title),
        text is null ? null : Template(text));

    private TimeZoneInfo Zone()
    {
        if (fields.Text("time_zone") is not { } name) return TimeZoneInfo.Utc;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)) return zone;
        fields.Wrong("time_zone", $"is '{name}': write a time zone such as Asia/Shanghai or Europe/Berlin");
        return TimeZoneInfo.Utc;
    }

    [GeneratedRegex("""^\s*\{\{-?\s*template\s+"(?<name>[a-z]+\.default\.[A-Za-z_.]+)"\s+\.\s*-?\}\}\s*$""")]
    private static partial Regex DefaultTemplate();

    private void Missing(string field, string? fallback) =>
        fields.Wrong(field, $"or {field}_file must stand here, one of them{(fallback is null ? "" : $"; else global.{fallback}")}");
}
