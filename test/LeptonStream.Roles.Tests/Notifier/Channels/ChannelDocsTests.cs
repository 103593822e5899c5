using System.Text.RegularExpressions;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Routing;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Notifier.Channels;

/// <summary>The table of channels in docs/configuration.md names every kind, and every field that a kind reads.</summary>
[Parallelizable]
public sealed partial class ChannelDocsTests
{
    private static readonly string[] OfMany = ["send_resolved", "timeout", "http_config", "language", "time_zone"];

    private static readonly Dictionary<string, string[]> Rows = Row()
        .Matches(File.ReadAllText(Path.Combine(SharedFolder.RepositoryRoot, "docs", "configuration.md")))
        .ToDictionary(row => row.Groups[1].Value,
            row => Name().Matches(row.Groups[2].Value).Select(field => field.Groups[1].Value).ToArray());

    private static IEnumerable<string> Kinds => ChannelKinds.All.Select(kind => kind.Name);

    [Test]
    public void Table_HasEveryKind() => Assert.That(Rows.Keys, Is.EquivalentTo(Kinds));

    [TestCaseSource(nameof(Kinds))]
    public void Table_HasEveryFieldOfAKind(string kind)
    {
        var yaml = $"route: {{receiver: a}}\nreceivers:\n- name: a\n  {kind}_configs: [{{nonsense: 1}}]";
        RoutingFile.Parse(yaml, "routing.yaml", out var errors);
        var unknown = errors.Single(error => error.Contains("nonsense is unknown", StringComparison.Ordinal));
        var known = unknown.Split("known here are: ")[1].Split(", ");
        var people = known.Contains("language") ? [.. OfMany, "max_alerts"] : OfMany;

        Assert.That(Rows[kind], Is.EquivalentTo(known.Except(people).Where(field => !field.EndsWith("_file", StringComparison.Ordinal))));
    }

    [GeneratedRegex(@"^\| `([a-z0-9_]+)_configs` \|([^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Name();
}
