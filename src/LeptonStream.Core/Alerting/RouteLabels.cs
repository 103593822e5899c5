using System.Text.RegularExpressions;
using LeptonStream.Series;

namespace LeptonStream.Alerting;

/// <summary>
/// Labels of a route whose values may name those of the group, as Alertmanager's files do: <c>{{ .GroupLabels.database }}</c>,
/// <c>{{ .CommonLabels.cluster }}</c>, <c>{{ .Receiver }}</c> and <c>{{ routeLabels "reason" }}</c>, another label of the route. Nothing
/// else of Go's templates.
/// </summary>
public static partial class RouteLabels
{
    // More than anybody nests; what refers to itself ends here.
    private const int MaxDepth = 8;

    /// <summary>Checks a value.</summary>
    /// <returns>Null, or what is wrong with it.</returns>
    public static string? Check(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var rest = Action().Replace(value, "");
        return rest.Contains("{{", StringComparison.Ordinal)
            ? "is a template with more than .GroupLabels.NAME, .CommonLabels.NAME, .Receiver or routeLabels \"NAME\" in it, which is not "
                + "supported"
            : null;
    }

    /// <summary>The labels of a route for one notification; a name that is missing gives an empty text, and with it no label.</summary>
    /// <param name="route">The route.</param>
    /// <param name="groupLabels">The labels of the group.</param>
    /// <param name="alerts">The alerts that are sent.</param>
    public static LabelSet Of(Route route, LabelSet groupLabels, IReadOnlyList<GroupedAlert> alerts)
    {
        ArgumentNullException.ThrowIfNull(route);
        if (!route.Labels.Any(label => label.Value.Contains("{{", StringComparison.Ordinal))) return route.Labels;
        return LabelSet.Of(route.Labels.Select(label => KeyValuePair.Create(label.Key, Render(label.Value, 0))));

        string Render(string value, int depth) => depth > MaxDepth ? "" : Action().Replace(value, action => Value(action, depth));

        string Value(Match action, int depth)
        {
            if (action.Groups["group"].Success) return groupLabels[action.Groups["group"].Value] ?? "";
            if (action.Groups["common"].Success) return Common(action.Groups["common"].Value) ?? "";
            if (action.Groups["route"].Success) return Render(route.Labels[action.Groups["route"].Value] ?? "", depth + 1);
            return route.Receiver.Name;
        }

        string? Common(string name) =>
            alerts.Select(alert => alert.Labels[name]).Distinct().Take(2).ToArray() is [var only] ? only : null;
    }

    [GeneratedRegex("""
        \{\{\s*(?:\.GroupLabels\.(?<group>\w+)|\.CommonLabels\.(?<common>\w+)|routeLabels\s+"(?<route>[^"\\]*)"|\.Receiver)\s*\}\}
        """, RegexOptions.CultureInvariant)]
    private static partial Regex Action();
}
