using System.CommandLine;
using LeptonStream.Cli.Api;
using LeptonStream.Cli.CommandLine;

namespace LeptonStream.Cli.Alerts;

/// <summary>Alerts on a command line: by their id, or the beginning of it that <c>lepton alerts</c> shows.</summary>
internal static class AlertIds
{
    /// <summary>Letters of an id that <c>lepton alerts</c> shows.</summary>
    public const int Shown = 8;

    private const int Whole = 32;

    public static Argument<string> Argument() => new("ALERT_ID")
        { Description = "The alert's id, or as much of its beginning as 'lepton alerts' shows" };

    /// <summary>The whole id.</summary>
    /// <exception cref="WrongUsageException">No alert begins so, or several do.</exception>
    public static async Task<string> Complete(ApiClient api, string start, CancellationToken stop)
    {
        if (start.Length >= Whole) return start;
        // What fires comes first: what ended may be a long list.
        string[] ids = [];
        foreach (var status in (string[])["firing", "resolved"])
        {
            var list = await api.Get($"api/v1/alerts?status={status}&limit=1000", stop);
            ids = [.. list.GetProperty("alerts").EnumerateArray().Select(alert => alert.GetProperty("alertId").GetString()!)
                .Where(id => id.StartsWith(start, StringComparison.Ordinal))];
            if (ids.Length > 0) break;
        }

        return ids switch
        {
            [var only] => only,
            [] => throw new WrongUsageException($"no alert has an id that begins with '{start}'"),
            _ => throw new WrongUsageException($"several alerts have ids that begin with '{start}': {string.Join(", ", ids)}"),
        };
    }
}
