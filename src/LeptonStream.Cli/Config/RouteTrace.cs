using LeptonStream.Alerting;
using LeptonStream.Series;

namespace LeptonStream.Cli.Config;

/// <summary>The whole tree of routes, and of each route whether an alert takes it and why not.</summary>
internal static class RouteTrace
{
    public static void Write(TextWriter output, RouteTree routes, LabelSet labels) => Walk(output, routes.Root, labels, depth: 0);

    private static bool Walk(TextWriter output, Route route, LabelSet labels, int depth)
    {
        var unmet = route.Matchers.FirstOrDefault(matcher => !matcher.Accepts(labels));
        if (unmet is not null)
        {
            Line($"no: {unmet.Name} is {(labels[unmet.Name] is { } value ? $"\"{value}\"" : "missing")}, wanted is {unmet}");
            return false;
        }

        var isLast = !route.Routes.Any(child => child.Matchers.All(matcher => matcher.Accepts(labels)));
        Line(isLast ? "TAKEN" : "matches, and so does a route below");
        var isOver = false;
        foreach (var child in route.Routes)
        {
            if (isOver) Skip(output, child, depth + 1);
            else isOver = Walk(output, child, labels, depth + 1) && !child.Continue;
        }

        return true;

        void Line(string verdict) => WriteLine(output, route, depth, verdict);
    }

    private static void Skip(TextWriter output, Route route, int depth) =>
        WriteLine(output, route, depth, "not tried: a route before it matches and does not continue");

    private static void WriteLine(TextWriter output, Route route, int depth, string verdict)
    {
        var own = depth == 0 ? "{}" : $"{{{string.Join(',', route.Matchers)}}}";
        output.WriteLine($"{new string(' ', depth * 2)}{own}  {route.Receiver.Name}  {verdict}");
    }
}
