using System.Collections.Concurrent;

namespace LeptonStream.Notifier.Templates;

/// <summary>
/// The templates that Alertmanager's own file defines, by their names: a file that calls one gets LeptonStream's title, text or link in
/// its place.
/// </summary>
internal static class BuiltIn
{
    private const string Title = "{{ .Title }}";
    private const string Text = "{{ .Text }}";
    private const string Url = "{{ .ExternalURL }}";
    private const string Name = "LeptonStream";

    // For the alerts of a list, which know no title.
    private const string Listed = """
        {{ range . }}{{ or .Annotations.summary .Labels.alertname }}
        {{ range .Labels.SortedPairs }} - {{ .Name }} = {{ .Value }}
        {{ end }}{{ .GeneratorURL }}
        {{ end }}
        """;

    private static readonly (string[] Ends, string Text)[] ByEnd =
    [
        (["title", "subject", "summary", "fallback", "entity_display_name"], Title),
        (["text", "html", "state_message", "description", "message"], Text),
        (["titlelink", "title_link", "url", "clientURL", "source"], Url),
        (["username", "client", "monitoring_tool", "author"], Name),
        (["pretext", "footer", "iconemoji", "iconurl", "callbackid", "channel", "color", "content", "to_user", "to_party", "to_tag",
            "agent_id", "api_secret", "priority", "instances"], ""),
    ];

    private static readonly Dictionary<string, string> ByName = new()
    {
        ["__alertmanager"] = Name,
        ["__alertmanagerURL"] = Url,
        ["__subject"] = Title,
        ["__description"] = "",
        ["__text_alert_list"] = Listed,
        ["__text_alert_list_markdown"] = Listed,
        ["pagerduty.default.description"] = Title,
        ["opsgenie.default.message"] = Title,
        ["pagerduty.default.instances"] = Listed,
    };

    // There are four texts.
    private static readonly ConcurrentDictionary<string, IReadOnlyList<TemplateNode>> Parsed = new();

    /// <summary>The template of a name; null where there is no such.</summary>
    public static IReadOnlyList<TemplateNode>? Find(string name)
    {
        var parts = name.Split('.');
        var text = ByName.GetValueOrDefault(name)
            ?? (parts is [_, "default", var end] ? ByEnd.FirstOrDefault(known => known.Ends.Contains(end)).Text : null);
        return text is null ? null : Parsed.GetOrAdd(text, source => TemplateParser.Read(source, []).Body);
    }
}
