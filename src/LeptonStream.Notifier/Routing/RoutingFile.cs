using LeptonStream.Alerting;
using LeptonStream.Alerting.Muting;
using LeptonStream.Alerting.Received;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Remediation;
using LeptonStream.Notifier.Templates;
using LeptonStream.Yaml;

namespace LeptonStream.Notifier.Routing;

/// <summary>
/// Reads routes and receivers from YAML in Alertmanager's words (docs/configuration.md). What this program does not do is an error and not
/// ignored: an alert that goes nowhere because of a typing error would be noticed too late.
/// </summary>
internal static class RoutingFile
{
    private static readonly string[] OfAlertmanagersProcess = ["tracing", "event_recorder"];

    /// <summary>Reads the text of a routing file.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="file">The file's name, for errors.</param>
    /// <param name="errors">Everything that is wrong, each with file, line and field.</param>
    /// <returns>The routing, or null where anything is wrong.</returns>
    public static NotifierRouting? Parse(string yaml, string file, out IReadOnlyList<string> errors)
    {
        var wrong = new YamlErrors(file);
        errors = wrong.All;
        if (YamlSection.Parse(yaml, "'route' and 'receivers'", wrong) is not { } document) return null;

        var channels = new Dictionary<(string Receiver, string Channel), ChannelSettings>();
        var directory = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var globals = document.OptionalSection("global");
        var global = GlobalSection.Read(globals, TemplateFiles.Read(document, directory));
        var resolveTimeout = globals?.Duration("resolve_timeout") ?? ReceivedAlert.ResolveTimeout;
        globals?.End();
        ReceiverConfig[] receivers = [.. document.Sections("receivers").Select(section => Receiver(section, global, channels))];
        var names = receivers.Select(receiver => receiver.Name).ToHashSet();
        foreach (var twice in receivers.GroupBy(receiver => receiver.Name).Where(group => group.Count() > 1))
            document.Wrong("receivers", $"defines '{twice.Key}' twice");
        var intervals = TimeIntervalReader.ReadAll(document);
        var (schedules, maintenance) = new TimeTableReader(names, intervals, directory).Read(document);
        var reader = new RouteReader(
            names, intervals.Select(interval => interval.Name).ToHashSet(), schedules.Select(schedule => schedule.Name).ToHashSet());
        var route = document.Section("route") is { } root ? reader.Read(root) : new RouteConfig();
        InhibitRule[] rules = [.. document.Sections("inhibit_rules").Select(InhibitRuleReader.Read)];
        var (policies, webhooks) = new ActionReader(global).Read(document);
        Pass(document);
        document.End();
        if (wrong.All.Count > 0) return null;

        try
        {
            var config = new RoutingConfig(route, receivers)
            {
                InhibitRules = rules,
                TimeIntervals = intervals,
                Schedules = schedules,
                Maintenance = maintenance,
            };
            return new NotifierRouting(new RouteTree(config), channels)
            {
                Notes = wrong.Notes,
                ResolveTimeout = resolveTimeout,
                Original = PublicRouting.Of(yaml),
                Policies = policies,
                ActionWebhooks = webhooks,
            };
        }
        catch (ArgumentException unsound)
        {
            wrong.Add(unsound.Message);
            return null;
        }
    }

    private static ReceiverConfig Receiver(YamlSection section, GlobalSection global,
        Dictionary<(string Receiver, string Channel), ChannelSettings> channels)
    {
        var name = section.RequiredText("name");
        var configs = new List<ChannelConfig>();
        foreach (var kind in ChannelKinds.All)
        {
            foreach (var (channel, index) in section.Sections(kind.Name + "_configs").Select((channel, index) => (channel, index)))
            {
                var settings = kind.Read(new ChannelSection(channel, global));
                channel.End();
                var key = $"{kind.Name}/{index}";
                configs.Add(settings.InPipeline(key));
                channels[(name, key)] = settings;
            }
        }

        foreach (var missing in section.Unread.Where(field => field.EndsWith("_configs", StringComparison.Ordinal)))
        {
            section.Pass(missing);
            section.Wrong(missing, $"is not supported; {ChannelKinds.AdviceFor(missing)}");
        }

        section.End();
        return new ReceiverConfig(name, configs);
    }

    // What belongs to Alertmanager's own process is known and does nothing here.
    private static void Pass(YamlSection document)
    {
        foreach (var field in OfAlertmanagersProcess.Where(document.Has))
            document.Note(field, "is not read: it is about Alertmanager's own process; see docs/metrics.md");
    }
}
