using LeptonStream.Yaml;

namespace LeptonStream.Notifier.Channels.Http;

/// <summary>Reads <c>http_config</c>. Fields of Alertmanager's that are not honoured are unknown, and an error.</summary>
internal static class HttpSection
{
    public static HttpOptions Read(YamlSection section)
    {
        var basic = section.OptionalSection("basic_auth");
        var authorization = section.OptionalSection("authorization");
        var tls = section.OptionalSection("tls_config");
        if (section.Flag("follow_redirects") is true)
            section.Wrong("follow_redirects", "can't be true: a redirect may lead anywhere, so none is followed");
        bool[] given = [basic is not null, authorization is not null, section.Has("bearer_token") || section.Has("bearer_token_file")];
        if (given.Count(isGiven => isGiven) > 1)
            section.Wrong("authorization", "or basic_auth or bearer_token may stand here, one of them");

        if (tls?.Flag("insecure_skip_verify") is true)
            tls.Wrong("insecure_skip_verify", "can't be true: certificates are always checked; name an authority of your own in ca_file");

        var options = new HttpOptions
        {
            Proxy = ProxyOf(section),
            User = basic?.Text("username"),
            Password = Secret(basic, "password"),
            Scheme = authorization?.Text("type") ?? "Bearer",
            Credentials = Secret(authorization, "credentials") ?? Secret(section, "bearer_token"),
            CaFile = FileOf(tls, "ca_file"),
            CertFile = FileOf(tls, "cert_file"),
            KeyFile = FileOf(tls, "key_file"),
            ServerName = tls?.Text("server_name"),
        };
        foreach (var part in new[] { basic, authorization, tls, section }) part?.End();
        return options;
    }

    private static Uri? ProxyOf(YamlSection section)
    {
        if (section.Text("proxy_url") is not { } text) return null;
        if (UrlText.Parse(text) is { } url) return url;
        section.Wrong("proxy_url", $"holds no address: {UrlText.Form}");
        return null;
    }

    private static Secret? Secret(YamlSection? section, string field) =>
        SecretField.Read(section, field) is { } given ? new(given.Text ?? "") : null;

    private static string? FileOf(YamlSection? section, string field)
    {
        if (section?.Text(field) is not { } file) return null;
        if (!File.Exists(file)) section.Wrong(field, $"can't be read: there is no file '{file}'");
        return file;
    }
}
