using LeptonStream.Collector.Mapping.Relabeling;
using LeptonStream.Series;
using LeptonStream.Yaml;

namespace LeptonStream.Collector.Scrape;

/// <summary>Reads <c>scrape_configs</c>, in Prometheus' shape.</summary>
internal static class ScrapeSection
{
    private const int MostBytes = 256 << 20;

    /// <summary>Reads all jobs.</summary>
    /// <param name="root">The file.</param>
    /// <param name="rules">Reads the rules that series of a job have, beside those of the targets.</param>
    public static IReadOnlyList<ScrapeJob> Read(YamlSection root, Action<YamlSection, string> rules)
    {
        var jobs = new List<ScrapeJob>();
        foreach (var section in root.Sections("scrape_configs"))
        {
            var job = Job(section);
            if (jobs.Exists(known => known.Name == job.Name)) section.Wrong("job_name", $"'{job.Name}' stands here twice");
            rules(section, job.Name);
            section.End();
            jobs.Add(job);
        }

        return jobs;
    }

    /// <summary>Reads groups of targets, as in <c>static_configs</c> and in the files of <c>file_sd_configs</c>.</summary>
    public static TargetGroup Group(YamlSection section)
    {
        var targets = section.Texts("targets") ?? [];
        foreach (var (target, line) in targets)
            if (!IsTarget(target)) section.Wrong(line, "targets", $"has '{target}': write host:port, such as vllm-0:8000");
        var labels = section.Pairs("labels").Select(label => KeyValuePair.Create(label.Name, label.Value));
        section.End();
        return new([.. targets.Select(target => target.Text)], LabelSet.Of(labels));
    }

    private static ScrapeJob Job(YamlSection section)
    {
        var name = section.RequiredText("job_name");
        var interval = section.Duration("scrape_interval", "1s", "1d") ?? TimeSpan.FromSeconds(15);
        var timeout = section.Duration("scrape_timeout", "100ms", "1d") ?? (interval < TimeSpan.FromSeconds(10) ? interval
            : TimeSpan.FromSeconds(10));
        if (timeout > interval) section.Wrong("scrape_timeout", "is longer than scrape_interval");
        var token = Token(section);
        return new()
        {
            Name = name,
            Interval = interval,
            Timeout = timeout,
            Path = section.Text("metrics_path") ?? "/metrics",
            Scheme = section.OneOf("scheme", "http", "https") ?? "http",
            Accept = ScrapeProtocols.Accept(Protocols(section)),
            BodyLimit = section.WholeNumber("body_size_limit", 1_024, MostBytes) ?? 16 << 20,
            SampleLimit = section.WholeNumber("sample_limit", 0, 10_000_000) ?? 0,
            CredentialsFile = token,
            Tls = Tls(section),
            Static = [.. section.Sections("static_configs").Select(Group)],
            Files = [.. section.Sections("file_sd_configs").SelectMany(FilesOf)],
            PodNamespaces = Pods(section),
            Relabel = RelabelSection.Read(section, "relabel_configs"),
        };
    }

    private static string? Token(YamlSection section)
    {
        if (section.OptionalSection("authorization") is not { } authorization) return null;
        authorization.OneOf("type", "Bearer");
        var file = authorization.RequiredText("credentials_file");
        authorization.End();
        if (file is { Length: > 0 } && !File.Exists(file)) section.Wrong("authorization", $"names '{file}': there is no such file");
        return file;
    }

    private static TargetTlsFiles Tls(YamlSection section)
    {
        if (section.OptionalSection("tls_config") is not { } tls) return new();
        var files = new TargetTlsFiles(tls.Text("ca_file"), tls.Text("cert_file"), tls.Text("key_file"), tls.Text("server_name"),
            tls.Flag("insecure_skip_verify", otherwise: false));
        tls.End();
        if (files.Problem() is { } problem) section.Wrong("tls_config", problem);
        return files;
    }

    private static IEnumerable<string> Protocols(YamlSection section)
    {
        if (section.Texts("scrape_protocols") is not { Count: > 0 } given) return ScrapeProtocols.Names;
        foreach (var (name, line) in given)
        {
            if (!ScrapeProtocols.Names.Contains(name))
                section.Wrong(line, "scrape_protocols", $"has '{name}': it may be {string.Join(", ", ScrapeProtocols.Names)}");
        }

        return given.Select(one => one.Text).Where(ScrapeProtocols.Names.Contains);
    }

    private static IEnumerable<string> FilesOf(YamlSection section)
    {
        var files = section.Texts("files") ?? [];
        // Files are looked at every few seconds, which is cheap; the field is known from Prometheus.
        section.Duration("refresh_interval", "1s", "1d");
        section.End();
        return files.Select(file => file.Text);
    }

    private static List<string>? Pods(YamlSection section)
    {
        List<string>? namespaces = null;
        foreach (var pods in section.Sections("kubernetes_sd_configs"))
        {
            pods.OneOf("role", "pod");
            namespaces ??= [];
            if (pods.OptionalSection("namespaces") is { } names)
            {
                namespaces.AddRange((names.Texts("names") ?? []).Select(name => name.Text));
                names.End();
            }

            pods.End();
        }

        return namespaces;
    }

    private static bool IsTarget(string target) =>
        !target.Contains('/') && Uri.TryCreate($"http://{target}/", UriKind.Absolute, out var uri) && uri.Host.Length > 0
        && uri.UserInfo.Length == 0;
}
