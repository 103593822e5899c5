using LeptonStream.Detection.Policies;
using LeptonStream.Detectors;
using LeptonStream.Yaml;

namespace LeptonStream.Policies;

/// <summary>Reads <c>detectors</c> and <c>detectors_off</c> of a rule, and holds them against the memory that it allows.</summary>
internal static class PolicyDetectors
{
    // Rules that no other detector replaces: a list that was meant to choose among detectors turns them off by the way.
    private static readonly DetectorSet Rules = DetectorSet.Of([DetectorSet.NonFinite, FrozenValueDetector.RuleName,
        DetectorSet.Training, DetectorSet.NoProgress]);

    private static readonly DetectorSet NeedMore =
        DetectorSet.Of(DetectorCatalog.All.Select(detector => detector.Name).Except(DetectorCatalog.Lean));

    /// <summary>Reads the change; null where the section says nothing of detectors.</summary>
    public static DetectorChange? Read(YamlSection section)
    {
        var (change, off) = (List(section), Names(section, "detectors_off", section.Texts("detectors_off")));
        return off is { } names ? DetectorChange.Remove(names).After(change) : change;
    }

    /// <summary>Refuses detectors that a lean memory has no room for, where one section asks for both.</summary>
    public static void CheckMemory(YamlSection section, PolicySettings settings, MemoryPlan? memory)
    {
        if (memory != MemoryPlan.Lean || settings.Detectors is not { } change) return;
        // Those that the section itself names: a default list that lean shortens is no mistake.
        string[] tooMuch = [.. change.ApplyTo(default).Names.Intersect(NeedMore.Names)];
        if (tooMuch.Length > 0)
            section.Wrong("detectors", $"asks for {string.Join(", ", tooMuch)}, which needs memory: default; lean has room for "
                + $"{string.Join(", ", DetectorCatalog.Lean)} and the rules");
    }

    /// <summary>
    /// Refuses detectors that a lean memory has no room for, where the rule itself does not say and one that fits whatever it fits says
    /// lean.
    /// </summary>
    public static void CheckMemory(YamlSection section, PolicyRule rule, IReadOnlyList<PolicyRule> below, PolicySettings defaults)
    {
        if (rule.Settings.Memory is not null) return;
        var general = below.FirstOrDefault(other => other.Settings.Memory is not null && other.Matchers.Count == 0);
        CheckMemory(section, rule.Settings, general?.Settings.Memory ?? defaults.Memory);
    }

    private static DetectorChange? List(YamlSection section)
    {
        const string Field = "detectors";
        if (section.Texts(Field) is not { } entries) return null;
        var added = entries.Where(entry => entry.Text.StartsWith('+')).Select(entry => (entry.Text[1..], entry.Line)).ToArray();
        var removed = entries.Where(entry => entry.Text.StartsWith('-')).Select(entry => (entry.Text[1..], entry.Line)).ToArray();
        if (added.Length + removed.Length > 0)
        {
            if (added.Length + removed.Length < entries.Count)
                section.Wrong(Field,
                    "mixes names with and without a sign: +name and -name change the list that holds, names without a sign replace it");
            foreach (var (name, line) in added.Where(entry => removed.Any(other => other.Item1 == entry.Item1)))
                section.Wrong(line, Field, $"adds and removes '{name}'");
            return DetectorChange.Remove(Names(section, Field, removed)!.Value)
                .After(DetectorChange.Add(Names(section, Field, added)!.Value));
        }

        var only = Names(section, Field, entries)!.Value;
        var off = Rules.Without(only);
        if (off.Names.Length > 0)
            section.Note(Field, $"replaces the whole list, which turns off {off}: write +name and -name to change it instead");
        return DetectorChange.Replace(only);
    }

    private static DetectorSet? Names(YamlSection section, string field, IReadOnlyList<(string Text, int Line)>? entries)
    {
        if (entries is null) return null;
        foreach (var (name, line) in entries.Where(entry => !DetectorSet.AllNames.Contains(entry.Text)))
            section.Wrong(line, field, $"holds '{name}', which is no detector; there are: {string.Join(", ", DetectorSet.AllNames)}");
        return DetectorSet.Of(entries.Select(entry => entry.Text).Where(DetectorSet.AllNames.Contains));
    }
}
