using LeptonStream.Alerting.Muting;
using LeptonStream.Yaml;

namespace LeptonStream.Notifier.Routing;

/// <summary>Reads one entry of <c>inhibit_rules</c>, in its new form, its old one, or both mixed.</summary>
internal static class InhibitRuleReader
{
    public static InhibitRule Read(YamlSection section)
    {
        _ = section.Text("name");
        var equal = section.Texts("equal") ?? [];
        foreach (var (_, line) in equal.Where(label => label.Text.Length == 0))
            section.Wrong(line, "equal", "holds an empty label name");
        var rule = new InhibitRule
        {
            Source = MatcherFields.Read(section, "source_"),
            Target = MatcherFields.Read(section, "target_"),
            Equal = [.. equal.Select(label => label.Text)],
        };
        if (rule.Target.Count == 0) section.Note("", "has no target matchers: while a source fires, every alert but a source is left out");
        section.End();
        return rule;
    }
}
