using LeptonStream.Series;

namespace LeptonStream.Explanations;

/// <summary>
/// Labels behind a name, as many as a title has room for; nothing where there are none. Events carry all of them.
/// </summary>
internal static class LabelText
{
    private const int MostCharacters = 60;

    // Names that say where something is, the place that people know first.
    private static readonly string[] Places =
        ["gpu", "rank", "about", "hostname", "node", "host", "pod", "replica", "instance", "job"];

    // Names that only repeat a place, and the places that make them so.
    private static readonly (string Name, string[] Known)[] Repeated =
    [
        ("uuid", ["gpu"]),
        ("device", ["gpu"]),
        ("pci_bus_id", ["gpu"]),
        ("modelname", ["gpu", "hostname"]),
        ("dcgm_fi_driver_version", ["gpu", "hostname"]),
        ("instance", ["hostname", "node"]),
    ];

    /// <summary><c> (gpu=3, host=a)</c>.</summary>
    public static string InEnglish(LabelSet labels) => labels.Count == 0 ? "" : $" ({Joined(labels, ", ")})";

    /// <summary><c>（gpu=3，host=a）</c>.</summary>
    public static string InChinese(LabelSet labels) => labels.Count == 0 ? "" : $"（{Joined(labels, "，")}）";

    /// <summary>The same inside a sentence, where Latin words on both sides need a space if there are no labels.</summary>
    public static string InChineseOrSpace(LabelSet labels) => labels.Count == 0 ? " " : InChinese(labels);

    private static string Joined(LabelSet labels, string between)
    {
        var names = labels.Select(label => label.Key.ToLowerInvariant()).ToHashSet();
        var (parts, left) = (new List<string>(), MostCharacters);
        foreach (var (name, value) in labels.Where(label => !IsRepeated(label.Key, names)).OrderBy(label => RankOf(label.Key)))
        {
            left -= name.Length + value.Length + 2;
            // The first one is the place itself: it stands however long it is.
            if (left < 0 && parts.Count > 0)
            {
                parts.Add("…");
                break;
            }

            parts.Add($"{name}={value}");
        }

        return string.Join(between, parts);
    }

    private static bool IsRepeated(string name, HashSet<string> names) => Repeated.Any(repeated =>
        repeated.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && repeated.Known.Any(names.Contains));

    private static int RankOf(string name) => Array.IndexOf(Places, name.ToLowerInvariant()) is var rank && rank < 0 ? Places.Length : rank;
}
