using LeptonStream.Yaml;

namespace LeptonStream.Collector.Mapping.Relabeling;

/// <summary>Reads rules from a list of a settings file, and refuses those that Prometheus would refuse.</summary>
public static class RelabelSection
{
    private static readonly string[] Words = [.. Enum.GetNames<RelabelAction>().Select(Lower)];

    /// <summary>Reads the rules of a field; none where it is absent.</summary>
    public static RelabelRules Read(YamlSection section, string field)
    {
        ArgumentNullException.ThrowIfNull(section);
        RelabelRule[] rules = [.. section.Sections(field).Select(Rule).OfType<RelabelRule>()];
        return rules.Length == 0 ? RelabelRules.None : new(rules);
    }

    private static RelabelRule? Rule(YamlSection section)
    {
        var action = section.OneOf("action", Words) is { } word ? (RelabelAction)Array.IndexOf(Words, word) : RelabelAction.Replace;
        var sources = section.Texts("source_labels");
        var target = section.Text("target_label");
        var modulus = section.Number("modulus", 0, 1UL << 53);
        var regex = section.Text("regex") ?? RelabelRule.AnyText;
        var rule = Make(section, regex, action, [.. (sources ?? []).Select(entry => entry.Text)], target ?? "", (ulong)(modulus ?? 0));
        section.End();
        Check(section, action, target, modulus, sources is not null);
        return rule;
    }

    private static RelabelRule? Make(YamlSection section, string regex, RelabelAction action, string[] sources, string target,
        ulong modulus)
    {
        var (separator, replacement) = (section.Text("separator") ?? ";", section.Text("replacement") ?? "$1");
        try
        {
            return new RelabelRule(regex)
            {
                Action = action,
                SourceLabels = sources,
                Separator = separator,
                TargetLabel = target,
                Replacement = replacement,
                Modulus = modulus,
            };
        }
        catch (ArgumentException wrong)
        {
            section.Wrong("regex", $"is no regular expression: {wrong.Message}");
            return null;
        }
    }

    private static void Check(YamlSection section, RelabelAction action, string? target, double? modulus, bool hasSources)
    {
        var wantsTarget = action is RelabelAction.Replace or RelabelAction.HashMod or RelabelAction.Lowercase or RelabelAction.Uppercase
            or RelabelAction.KeepEqual or RelabelAction.DropEqual;
        if (wantsTarget && string.IsNullOrEmpty(target))
            section.Wrong("target_label", $"is missing: action {Lower(action.ToString())} needs it");
        if (action == RelabelAction.HashMod && modulus is null or < 1)
            section.Wrong("modulus", "must be 1 or more where the action is hashmod");
        if (action is RelabelAction.LabelDrop or RelabelAction.LabelKeep && (hasSources || target is not null))
            section.Wrong("action", $"{Lower(action.ToString())} takes a regex alone");
        if (action is RelabelAction.KeepEqual or RelabelAction.DropEqual && (section.Has("regex") || section.Has("replacement")))
            section.Wrong("action", $"{Lower(action.ToString())} takes source_labels and target_label alone");
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Globalization", "CA1308", Justification = "Prometheus' words are in small letters.")]
    private static string Lower(string word) => word.ToLowerInvariant();
}
