using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Yaml;

namespace LeptonStream.Notifier.Channels;

/// <summary>
/// One entry of a receiver's <c>NAME_configs</c>, beside the defaults that the file's <c>global</c> gives: the readers of fields that kinds
/// share.
/// </summary>
internal sealed class ChannelSection(YamlSection fields, GlobalSection global)
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

    private void Missing(string field, string? fallback) =>
        fields.Wrong(field, $"or {field}_file must stand here, one of them{(fallback is null ? "" : $"; else global.{fallback}")}");
}
