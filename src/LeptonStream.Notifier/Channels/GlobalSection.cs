using LeptonStream.Notifier.Channels.Http;
using LeptonStream.Notifier.Templates;
using LeptonStream.Yaml;

namespace LeptonStream.Notifier.Channels;

/// <summary>The defaults of the channels in the routing file's <c>global</c>.</summary>
internal sealed class GlobalSection
{
    // Alertmanager's, and files may have any of them whether a receiver uses it or not. Each may end in _file where it is a secret.
    private static readonly string[] Known =
    [
        "slack_api_url", "smtp_from", "smtp_hello", "smtp_smarthost", "smtp_auth_username", "smtp_auth_identity", "smtp_require_tls",
        "smtp_tls_config", "smtp_force_implicit_tls", "slack_app_url", "jira_api_url", "webex_api_url", "rocketchat_api_url",
        "pagerduty_url", "opsgenie_api_url", "telegram_api_url", "wechat_api_url", "wechat_api_corp_id", "victorops_api_url",
        "resolve_timeout",
    ];

    private static readonly string[] Secrets =
    [
        "slack_api_url", "slack_app_token", "smtp_auth_password", "smtp_auth_secret", "opsgenie_api_key", "telegram_bot_token",
        "wechat_api_secret", "victorops_api_key", "rocketchat_token", "rocketchat_token_id", "mattermost_webhook_url",
    ];

    private GlobalSection(YamlSection? fields, TemplateLibrary templates)
    {
        (Fields, Templates) = (fields, templates);
        Http = fields?.OptionalSection("http_config") is { } http ? HttpSection.Read(http) : HttpOptions.Default;
        // Asked for, a field is known, and the section may be ended by whoever reads the rest of it.
        foreach (var field in Known.Concat(Secrets).Concat(Secrets.Select(secret => secret + "_file"))) _ = fields?.Has(field);
        foreach (var secret in Secrets.Where(secret => fields?.Has(secret) is true && fields.Has(secret + "_file")))
            fields!.Wrong(secret, $"stands beside {secret}_file: only one of them may");
    }

    /// <summary>The section; null where the file has none.</summary>
    public YamlSection? Fields { get; }

    /// <summary>The templates that texts may call.</summary>
    public TemplateLibrary Templates { get; }

    /// <summary>Proxy, credentials and certificates of channels that say nothing.</summary>
    public HttpOptions Http { get; }

    /// <summary>Reads the channels' part of the section.</summary>
    /// <param name="section">The section; null where the file has none.</param>
    /// <param name="templates">The templates of the file.</param>
    public static GlobalSection Read(YamlSection? section, TemplateLibrary templates) => new(section, templates);

    /// <summary>A text of the section, or null.</summary>
    public string? Text(string field) => Fields?.Text(field);
}
