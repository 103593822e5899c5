using System.CommandLine;

namespace LeptonStream.Cli.Settings;

/// <summary>The flags that set settings; each command takes those that concern it.</summary>
internal static class SettingsFlags
{
    public static readonly Option<FileInfo?> Config = new("--config")
    {
        Description = "Settings file (default: appsettings.json in the working folder, where there is one)",
        HelpName = "FILE",
    };

    public static readonly Option<string[]> Set = new("--set")
    {
        Description = "Any setting, such as --set Detector:BatchSize=500; may be given several times",
        HelpName = "Section:Key=value",
        DefaultValueFactory = _ => [],
    };

    public static readonly Option<string?> LogFormat = new("--log-format")
    {
        Description = "simple or json (default: json in a container, simple otherwise)",
        HelpName = "FORMAT",
    };

    // The settings behind each flag; no other place names them.
    private static readonly Dictionary<string, Option<string?>> Shortcuts = new()
    {
        ["Kafka:BootstrapServers"]
        = Flag("--bootstrap-servers", "host:port", "Kafka brokers, separated by commas (default localhost:9092)"),
        ["Kafka:TopicPrefix"] = Flag("--topic-prefix", "PREFIX", "Begins the name of every topic (default 'lepton.')"),
        ["Storage:ConnectionString"]
        = Flag("--storage", "CONNECTION",
            "Journal: 'Host=…;Database=…' for PostgreSQL, 'Data Source=FILE' for SQLite (default lepton.db)"),
        ["Collector:ConfigFile"]
        = Flag("--collector-config", "FILE",
            "Source topics, addresses to scrape, and how their labels become models (default: payloads by HTTP, presets by name)"),
        ["Collector:HttpUrl"] = Flag("--http", "URL", "Where to take metrics by HTTP (default http://127.0.0.1:4318)"),
        ["Collector:GrpcUrl"] = Flag("--grpc", "URL", "Where to take OTLP by gRPC (default http://127.0.0.1:4317)"),
        ["Collector:GroupId"] = Flag("--group", "NAME", "Consumer group of source topics (default lepton-collector)"),
        ["Edge:SpoolPath"] = Flag("--spool", "FOLDER", "Where samples wait for the broker (default lepton-edge)"),
        ["Edge:AlertFile"] = Flag("--alert-file", "FILE", "Gets each alert of this host as a CloudEvent, one a line"),
        ["Edge:AlertWebhook"] = Flag("--alert-webhook", "URL", "Gets each alert of this host as a CloudEvent"),
        ["Edge:PoliciesFile"] = Flag("--policies", "FILE", "Detection policies of this host (default: what is known of metrics by name)"),
        ["Detector:GroupId"] = Flag("--group", "NAME", "Consumer group (default lepton-detector)"),
        ["Detector:PoliciesFile"]
        = Flag("--policies", "FILE",
            "Detection policies: matchers with budgets, directions, limits (default: what is known of metrics by their names)"),
        ["Notifier:GroupId"] = Flag("--group", "NAME", "Consumer group (default lepton-notifier)"),
        ["Notifier:RoutingFile"]
        = Flag("--routing", "FILE", "Routes and receivers in Alertmanager's words (default: every alert to the console and the webhook)"),
        ["Notifier:AllowedTargets"] = Flag("--allow-targets", "LIST",
            "Targets beyond public addresses that channels may reach: private, loopback, networks, host names"),
        ["Notifier:WebhookUrl"] = Flag("--webhook", "URL", "Without --routing: a webhook that gets every alert"),
        ["Dashboard:Url"] = Flag("--url", "URL", "Where to listen (default http://127.0.0.1:8080)"),
        ["Api:Url"] = Flag("--api", "URL", "The dashboard to ask (default http://127.0.0.1:8080)"),
        ["Api:TokenFile"] = Flag("--token-file", "FILE", "A file that holds the token to sign in with (or set LEPTON_Api__Token)"),
        ["Health:Port"] = Flag("--health-port", "PORT",
            "Serve /healthz/live, /healthz/ready (or /-/healthy, /-/ready) and /metrics on this port, on every address or that of "
                + "Health:Address (default: off)"),
    };

    static SettingsFlags() => LogFormat.AcceptOnlyFromAmong("simple", "json");

    /// <summary>Gives a command the flags for its settings: <c>--config</c>, <c>--set</c>, and shortcuts for those named.</summary>
    public static Command WithSettings(this Command command, params string[] settings)
    {
        foreach (var setting in settings) command.Add(Shortcuts[setting]);
        command.Add(Config);
        command.Add(Set);
        command.Add(LogFormat);
        return command;
    }

    /// <summary>The settings that the flags of a command line make, by flag: the setting and its value.</summary>
    public static IEnumerable<(string Flag, string Setting, string? Value)> Read(ParseResult parsed)
    {
        foreach (var (setting, flag) in Shortcuts)
            if (parsed.GetResult(flag) is { Implicit: false }) yield return (flag.Name, setting, parsed.GetValue(flag));
        foreach (var text in parsed.GetValue(Set) ?? [])
        {
            var split = text.IndexOf('=');
            yield return ("--set", split < 0 ? text : text[..split].Trim(), split < 0 ? null : text[(split + 1)..]);
        }
    }

    private static Option<string?> Flag(string name, string value, string description) => new(name)
        { HelpName = value, Description = description };
}
