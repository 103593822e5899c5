using System.CommandLine;
using System.Text.Json;
using LeptonStream.Cli.Api;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Output;

namespace LeptonStream.Cli.Alerts;

/// <summary>Alerts on a command line: by their id, or the beginning of it that <c>lepton alerts</c> shows.</summary>
internal static class AlertIds
{
    private const string Noun = "alert";
    private const int Whole = 32;

    public static Argument<string> Argument() => new("ALERT_ID")
        { Description = "The alert's id, or as much of its beginning as 'lepton alerts' shows" };

    public static Argument<string[]> Arguments() => new("ALERT_ID")
    {
        Description = "Ids of alerts, or as much of their beginnings as 'lepton alerts' shows",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>The alerts of several ids: all are found before anything is done with one.</summary>
    /// <exception cref="WrongUsageException">No alert begins so, or several do.</exception>
    public static async Task<IReadOnlyList<NamedAlert>> Find(ApiClient api, IEnumerable<string> starts, CancellationToken stop)
    {
        var alerts = new List<NamedAlert>();
        foreach (var start in starts) alerts.Add(await Find(api, start, stop));
        return alerts;
    }

    /// <summary>The alert of an id.</summary>
    /// <exception cref="WrongUsageException">No alert begins so, or several do.</exception>
    public static async Task<NamedAlert> Find(ApiClient api, string start, CancellationToken stop)
    {
        if (start.Length >= Whole)
            return Named((await api.Get($"api/v1/alerts/{Uri.EscapeDataString(start)}", stop)).GetProperty("alert"));
        // What fires comes first: what ended may be a long list.
        var seen = new Dictionary<string, JsonElement>();
        foreach (var status in (string[])["firing", "resolved"])
        {
            var list = await api.Get($"api/v1/alerts?status={status}&limit=1000", stop);
            foreach (var alert in list.GetProperty("alerts").EnumerateArray()) seen[alert.GetProperty("alertId").GetString()!] = alert;
            if (seen.Keys.Any(id => id.StartsWith(start, StringComparison.Ordinal))) break;
        }

        return Named(seen[IdStart.Only(Noun, start, seen.Keys)]);
    }

    private static NamedAlert Named(JsonElement alert)
    {
        string[] usual = ["alertname", "severity", "model", "metric"];
        var labels = string.Join(", ", alert.GetProperty("labels").EnumerateObject().Where(label => !usual.Contains(label.Name))
            .Select(label => $"{label.Name}={label.Value.GetString()}"));
        var text = $"{alert.GetProperty("metric").GetString()} of {alert.GetProperty("model").GetString()}";
        return new(alert.GetProperty("alertId").GetString()!, SafeText.OneLine(labels.Length > 0 ? $"{text} ({labels})" : text),
            alert.GetProperty("status").GetString() == "firing");
    }
}

/// <summary>An alert, and how people know it: whoever wrote the beginning of an id sees which alert that was.</summary>
/// <param name="Id">The whole id.</param>
/// <param name="Text">The metric, the model and the labels beyond the usual ones.</param>
/// <param name="IsFiring">Whether it has not ended.</param>
internal sealed record NamedAlert(string Id, string Text, bool IsFiring)
{
    public string Address => $"api/v1/alerts/{Uri.EscapeDataString(Id)}";
}
