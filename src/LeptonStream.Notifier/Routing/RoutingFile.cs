using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels;
using LeptonStream.Series;
using LeptonStream.Yaml;

namespace LeptonStream.Notifier.Routing;

/// <summary>
/// Reads routes and receivers from YAML in Alertmanager's words (docs/configuration.md). What this program does not do is an error and not
/// ignored: an alert that goes nowhere because of a typing error would be noticed too late.
/// </summary>
internal static class RoutingFile
{
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
        var globals = document.OptionalSection("global");
        var global = GlobalSection.Read(globals);
        globals?.End();
        ReceiverConfig[] receivers = [.. document.Sections("receivers").Select(section => Receiver(section, global, channels))];
        var names = receivers.Select(receiver => receiver.Name).ToHashSet();
        foreach (var twice in receivers.GroupBy(receiver => receiver.Name).Where(group => group.Count() > 1))
            document.Wrong("receivers", $"defines '{twice.Key}' twice");
        var route = document.Section("route") is { } root ? Route(root, names, isRoot: true) : new RouteConfig();
        document.End();
        if (wrong.All.Count > 0) return null;

        try
        {
            return new NotifierRouting(new RouteTree(new RoutingConfig(route, receivers)), channels);
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
                configs.Add(new ChannelConfig(key, settings.SendResolved));
                channels[(name, key)] = settings;
            }
        }

        section.End();
        return new ReceiverConfig(name, configs);
    }

    private static RouteConfig Route(YamlSection section, HashSet<string> receivers, bool isRoot)
    {
        var receiver = section.Text("receiver");
        if (receiver is not null && !receivers.Contains(receiver))
            section.Wrong("receiver", $"is '{receiver}', which is not defined; defined are: {string.Join(", ", receivers)}");
        else if (receiver is null && isRoot) section.Wrong("receiver", "is missing: the root route needs one");

        var route = new RouteConfig
        {
            Receiver = receiver,
            Matchers = Matchers(section),
            GroupBy = GroupBy(section),
            Continue = section.Flag("continue", otherwise: false),
            GroupWait = section.Duration("group_wait"),
            GroupInterval = Positive(section, "group_interval"),
            RepeatInterval = Positive(section, "repeat_interval"),
            Labels = LabelSet.Of(section.Pairs("labels").Select(label => KeyValuePair.Create(label.Name, Literal(section, label)))),
            Routes = [.. section.Sections("routes").Select(child => Route(child, receivers, isRoot: false))],
        };
        if (isRoot && route.Matchers.Count > 0) section.Wrong("matchers", "must not stand in the root route: every alert matches it");
        if (isRoot && route.Continue) section.Wrong("continue", "must not stand in the root route: it has no siblings");
        section.End();
        return route;
    }

    private static List<Matcher> Matchers(YamlSection section)
    {
        var matchers = section.Matchers("matchers");
        foreach (var (name, value, line) in section.Pairs("match")) Add(name, MatchOperator.Equal, value, line, "match");
        // Anchored as Alertmanager writes it: the pattern stands in the group key.
        foreach (var (name, value, line) in section.Pairs("match_re")) Add(name, MatchOperator.Matches, $"^(?:{value})$", line, "match_re");
        return matchers;

        void Add(string name, MatchOperator @operator, string value, int line, string field)
        {
            try
            {
                matchers.Add(Matcher.Of(name, @operator, value));
            }
            catch (ArgumentException wrong)
            {
                section.Wrong(line, field, $"has a wrong entry: {wrong.Message}");
            }
        }
    }

    private static List<string>? GroupBy(YamlSection section)
    {
        if (section.Texts("group_by") is not { } labels) return null;
        foreach (var (_, line) in labels.Where(label => label.Text.Length == 0))
            section.Wrong(line, "group_by", "holds an empty label name");
        foreach (var twice in labels.GroupBy(label => label.Text).Where(group => group.Count() > 1))
            section.Wrong(twice.Last().Line, "group_by", $"holds '{twice.Key}' twice");
        if (labels.Count > 1 && labels.Any(label => label.Text == RouteTree.AllLabels))
            section.Wrong("group_by", $"has '{RouteTree.AllLabels}' (all labels) beside other labels");
        return [.. labels.Select(label => label.Text)];
    }

    private static TimeSpan? Positive(YamlSection section, string field)
    {
        var duration = section.Duration(field);
        if (duration == TimeSpan.Zero) section.Wrong(field, "must be above 0s");
        return duration;
    }

    private static string Literal(YamlSection section, (string Name, string Value, int Line) label)
    {
        if (label.Value.Contains("{{", StringComparison.Ordinal))
            section.Wrong(label.Line, $"labels.{label.Name}", "is a template, and templates are not supported: write the value itself");
        return label.Value;
    }
}
