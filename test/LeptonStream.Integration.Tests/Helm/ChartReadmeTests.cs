using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace LeptonStream.Integration.Tests.Helm;

/// <summary>The table of values in the chart's README, against the values themselves.</summary>
public sealed partial class ChartReadmeTests
{
    private static readonly string[] Roles = ["detector", "notifier", "collector", "dashboard"];
    private static readonly JsonNode Values = Yaml.ReadFile(Path.Combine(Chart.Folder, "values.yaml"));

    /// <summary>The rows, with those for every role written out.</summary>
    private static readonly Dictionary<string, string> Rows = File.ReadLines(Path.Combine(Chart.Folder, "README.md"))
        .Select(line => Row().Match(line)).Where(row => row.Success)
        .SelectMany(row => (row.Groups[1].Value.StartsWith("ROLE.", StringComparison.Ordinal) ? Roles : [""])
            .Select(role =>
                (Name: role.Length > 0 ? role + row.Groups[1].Value["ROLE".Length..] : row.Groups[1].Value, Default: row.Groups[2].Value)))
        .ToDictionary(row => row.Name, row => row.Default);

    [Test]
    public void Table_EveryRow_HasTheDefaultOfValuesYaml()
    {
        Assert.That(Rows, Is.Not.Empty);
        using (Assert.EnterMultipleScope())
        {
            foreach (var (name, given) in Rows)
                Assert.That(JsonNode.DeepEquals(Values.At([.. name.Split('.')]), JsonNode.Parse(given)), name);
        }
    }

    [Test]
    public void Table_EveryValue_HasARow()
    {
        Assert.That(Leaves(Values, "").Where(leaf => !Prefixes(leaf).Any(Rows.ContainsKey)), Is.Empty);
    }

    private static IEnumerable<string> Leaves(JsonNode? node, string name) =>
        node is JsonObject { Count: > 0 } members
            ? members.SelectMany(member => Leaves(member.Value, name.Length == 0 ? member.Key : $"{name}.{member.Key}"))
            : [name];

    private static IEnumerable<string> Prefixes(string name)
    {
        for (var end = name.Length; end > 0; end = name.LastIndexOf('.', end - 1)) yield return name[..end];
    }

    [GeneratedRegex(@"^\| `([A-Za-z.]+)` \| `(.*?)` \| ")]
    private static partial Regex Row();
}
