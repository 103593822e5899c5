using System.Text.RegularExpressions;
using LeptonStream.Series;
using LeptonStream.Yaml;

namespace LeptonStream.Notifier.Routing;

/// <summary>
/// The three ways in which Alertmanager's files write matchers: <c>matchers</c>, and the older <c>match</c> and <c>match_re</c>; in inhibit
/// rules each with a prefix.
/// </summary>
internal static partial class MatcherFields
{
    /// <summary>Reads them.</summary>
    /// <param name="section">The section that holds the fields.</param>
    /// <param name="prefix">Begins the names of the fields: <c>source_</c>.</param>
    public static List<Matcher> Read(YamlSection section, string prefix)
    {
        var matchers = section.Matchers(prefix + "matchers");
        foreach (var (name, value, line) in section.Pairs(prefix + "match"))
            Add(name, MatchOperator.Equal, value, line, prefix + "match");
        foreach (var (name, value, line) in section.Pairs(prefix + "match_re", noneIsAnError: true))
        {
            // Anchored as Alertmanager writes it: the pattern stands in the group key.
            Add(name, MatchOperator.Matches, $"^(?:{value})$", line, prefix + "match_re");
        }

        return matchers;

        void Add(string name, MatchOperator @operator, string value, int line, string field)
        {
            if (!LabelName().IsMatch(name))
            {
                section.Wrong(line, field, $"names the label '{name}', which '{prefix}matchers' alone can: write '\"{name}\"=\"…\"' there");
                return;
            }

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

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex LabelName();
}
