using System.Globalization;
using LeptonStream.Alerts;
using LeptonStream.Cli.Logging;
using LeptonStream.Output;
using LeptonStream.Series;

namespace LeptonStream.Cli.Watch;

/// <summary>One line for people per alert event: when, what happened, how bad, which series, and what it means.</summary>
/// <param name="chinese">Whether the explanation is to be in Chinese.</param>
/// <param name="colour">Whether the line goes to a terminal that shows colours.</param>
internal sealed class AlertLines(bool chinese, bool colour)
{
    private const string Red = "\e[31;1m";
    private const string Yellow = "\e[33m";
    private const string Green = "\e[32m";
    private const string Dim = "\e[2m";
    private const string Off = "\e[0m";

    public static bool WantsColour => !Console.IsOutputRedirected && !LoggingSetup.NoColor;

    /// <summary>The line; null for the end of an event that is no alert and is over as it comes.</summary>
    public string? Of(AlertEvent alert)
    {
        var isNote = alert.RoutingLabels["alertname"] == VerdictNames.AlertName;
        if (isNote && alert.Type == AlertEventType.Resolved) return null;
        var time = alert.DetectedAt.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var type = isNote ? VerdictNames.Kind : AlertEventJson.NameOf(alert.Type);
        var severity = AlertEventJson.NameOf(alert.Severity);
        var score = alert.Score.ToString("0.0", CultureInfo.InvariantCulture);
        var series = new SeriesKey(alert.Model, alert.Metric, alert.Labels).ToString();
        var meaning = (chinese ? alert.Chinese : alert.English).Summary;
        return $"{Paint(Dim, time)} {ShortId.Of(alert.AlertId)} {Paint(ColourOf(alert), $"{type,-8} {severity,-8}")} {score,5}  "
            + $"{SafeText.OneLine(series)}  {Paint(Dim, SafeText.OneLine(meaning))}";
    }

    private static string ColourOf(AlertEvent alert) => (alert.Type, alert.Severity) switch
    {
        (AlertEventType.Resolved, _) => Green,
        (_, AlertSeverity.Critical) => Red,
        (_, AlertSeverity.Warning) => Yellow,
        _ => "",
    };

    private string Paint(string code, string text) => colour && code.Length > 0 ? code + text + Off : text;
}
