using LeptonStream.Alerting;
using LeptonStream.Alerting.OnCall;
using LeptonStream.Series;
using LeptonStream.Yaml;

namespace LeptonStream.Notifier.Routing;

/// <summary>Reads one route of a routing file and those below it.</summary>
/// <param name="receivers">The names of the receivers that are defined.</param>
/// <param name="intervals">The names of the time intervals that are defined.</param>
/// <param name="schedules">The names of the schedules that are defined.</param>
internal sealed class RouteReader(IReadOnlySet<string> receivers, IReadOnlySet<string> intervals, IReadOnlySet<string> schedules)
{
    public RouteConfig Read(YamlSection section) => Read(section, isRoot: true);

    private RouteConfig Read(YamlSection section, bool isRoot)
    {
        var receiver = section.Text("receiver");
        if (receiver is not null && !receivers.Contains(receiver))
            section.Wrong("receiver", $"is '{receiver}', which is not defined; defined are: {string.Join(", ", receivers)}");
        else if (receiver is null && isRoot) section.Wrong("receiver", "is missing: the root route needs one");

        var route = new RouteConfig
        {
            Receiver = receiver,
            Matchers = MatcherFields.Read(section, prefix: ""),
            GroupBy = GroupBy(section),
            Continue = section.Flag("continue", otherwise: false),
            GroupWait = section.Duration("group_wait"),
            GroupInterval = Positive(section, "group_interval"),
            CriticalWait = section.Duration("critical_wait"),
            RepeatInterval = Positive(section, "repeat_interval"),
            MuteTimeIntervals = Intervals(section, "mute_time_intervals", isRoot),
            ActiveTimeIntervals = Intervals(section, "active_time_intervals", isRoot),
            Digest = Digest(section),
            DigestCritical = section.Flag("digest_critical"),
            Labels = Labels(section),
            Escalation = Escalation(section),
            Routes = [.. section.Sections("routes").Select(child => Read(child, isRoot: false))],
        };
        if (isRoot && route.Matchers.Count > 0) section.Wrong("matchers", "must not stand in the root route: every alert matches it");
        if (isRoot && route.Continue) section.Wrong("continue", "must not stand in the root route: it has no siblings");
        section.End();
        return route;
    }

    private List<EscalationStepConfig>? Escalation(YamlSection section)
    {
        if (!section.Has("escalation")) return null;
        var steps = section.Sections("escalation").Select(Step).ToList();
        if (!steps.Select(step => step.After).SequenceEqual(steps.Select(step => step.After).Order()))
            section.Wrong("escalation", "must hold its steps in the order of 'after'");
        return steps;
    }

    private EscalationStepConfig Step(YamlSection section)
    {
        var after = section.Duration("after");
        if (after is null) section.Wrong("after", "is missing: write how long nobody may have acknowledged, such as 15m");
        var names = section.Texts("receivers") ?? [];
        foreach (var (name, line) in names.Where(name => !receivers.Contains(name.Text)))
            section.Wrong(line, "receivers", $"names '{name}', which is not defined; defined are: {string.Join(", ", receivers)}");
        var schedule = section.Text("schedule");
        if (schedule is not null && !schedules.Contains(schedule))
            section.Wrong("schedule", $"is '{schedule}', which is not defined; defined are: {string.Join(", ", schedules)}");
        if (names.Count == 0 && schedule is null) section.Wrong("", "needs 'receivers' or a 'schedule'");
        section.End();
        return new(after ?? TimeSpan.Zero, [.. names.Select(name => name.Text)], schedule);
    }

    private IReadOnlyList<string> Intervals(YamlSection section, string field, bool isRoot)
    {
        var names = section.Texts(field) ?? [];
        if (isRoot && names.Count > 0) section.Wrong(field, "must not stand in the root route: what no other route takes must be sent");
        foreach (var (name, line) in names.Where(name => !intervals.Contains(name.Text)))
            section.Wrong(line, field, $"names '{name}', which is not defined; defined are: {string.Join(", ", intervals)}");
        return [.. names.Select(name => name.Text)];
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

    private static TimeSpan? Digest(YamlSection section)
    {
        var period = section.Duration("digest");
        if (period is { } given && given != TimeSpan.Zero && (given < TimeSpan.FromMinutes(1) || given > TimeSpan.FromDays(7)))
            section.Wrong("digest", "must be 1m to 7d, or 0s for none");
        return period;
    }

    private static LabelSet Labels(YamlSection section)
    {
        var labels = section.Pairs("labels");
        foreach (var (name, value, line) in labels)
            if (RouteLabels.Check(value) is { } wrong) section.Wrong(line, $"labels.{name}", wrong);
        return LabelSet.Of(labels.Select(label => KeyValuePair.Create(label.Name, label.Value)));
    }
}
