using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LeptonStream.Alerts;
using LeptonStream.Cli.Api;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Terminal;
using LeptonStream.Output;
using LeptonStream.Series;

namespace LeptonStream.Cli.Alerts;

/// <summary><c>lepton alerts</c>.</summary>
internal static class AlertsCommand
{
    public static Command Create()
    {
        var matchers = MatcherArgument.Create("Show only alerts whose labels match all of these, in Alertmanager's notation",
            ArgumentArity.ZeroOrMore);
        var status = new Option<string>("--status")
            { Description = "firing, resolved or all", DefaultValueFactory = _ => "firing", HelpName = "STATUS" };
        status.AcceptOnlyFromAmong("firing", "resolved", "all");
        var json = new Option<bool>("--json") { Description = "One JSON object a line, as the API has it" };
        var language = new Option<string>("--lang")
            { Description = "Language of the table: en or zh-CN", DefaultValueFactory = _ => "en", HelpName = "LANGUAGE" };
        language.AcceptOnlyFromAmong("en", "zh-CN");
        return new Command("alerts", "List alerts, the most urgent first, with who works on each") { matchers, status, json, language }
            .WithExamples(
                ("lepton alerts", "what fires now"),
                ("lepton alerts severity=critical --json | jq -r .alertId", "ids for another program"))
            .WithApi(async (api, parsed, stop) =>
            {
                var list = await api.Get($"api/v1/alerts?limit=1000&status={parsed.GetRequiredValue(status)}", stop);
                var wanted = parsed.GetValue(matchers) ?? [];
                JsonElement[] alerts = [.. list.GetProperty("alerts").EnumerateArray().Where(alert => IsWanted(alert, wanted))];
                if (parsed.GetValue(json))
                {
                    foreach (var alert in alerts) Console.Out.WriteLine(alert.GetRawText());
                    return;
                }

                var words = AlertsWords.Of(parsed.GetRequiredValue(language));
                if (alerts.Length == 0) Console.Out.WriteLine(words.None);
                else Console.Out.Write(Table(alerts, parsed.GetRequiredValue(language)));
                var (total, seen) = (list.GetProperty("total").GetInt64(), list.GetProperty("alerts").GetArrayLength());
                if (total > seen) Console.Out.WriteLine(words.Seen(total, seen));
            });
    }

    internal static TextTable Table(JsonElement[] alerts, string language)
    {
        var length = IdStart.LengthThatDiffers([.. alerts.Select(alert => Text(alert, "alertId"))]);
        var words = AlertsWords.Of(language);
        var hasEnded = Array.Exists(alerts, alert => Text(alert, "status") == "resolved");
        TextTable.Column[] ends =
            hasEnded ? [TextTable.Column.Whole(words.Ended) with { IsSpare = true }, TextTable.Column.Whole(words.How)] : [];
        var table = new TextTable([TextTable.Column.Whole("ID"), TextTable.Column.Whole(words.Severity),
            TextTable.Column.Whole(words.Since) with { IsSpare = true }, .. ends, words.Model, words.Metric, words.Who, words.Summary])
            { Width = TextTable.TerminalWidth };
        foreach (var alert in alerts)
            table.Add([
                ShortId.Of(Text(alert, "alertId"), length), words.Term(Text(alert, "severity")), Moment(alert, "onset"),
                .. hasEnded ? (string[])[Moment(alert, "resolvedAt"), EndOf(alert, words)] : [],
                Text(alert, "model"), Text(alert, "metric"), Who(alert, words),
                alert.TryGetProperty("summary", out var summary) && summary.ValueKind == JsonValueKind.Object
                    ? Text(summary, language) : ""]);
        return table;
    }

    private static string EndOf(JsonElement alert, AlertsWords words) => Text(alert, "status") != "resolved" ? "-"
        // A change by a person's verdict is no alert, and is over as it comes.
        : Text(alert, "detector") == VerdictNames.Kind ? words.Term(VerdictNames.Kind)
        : words.Term(Text(alert, "endedReason") is { Length: > 0 } reason ? reason : "resolved");

    private static string Moment(JsonElement alert, string name) =>
        alert.TryGetProperty(name, out var time) && time.ValueKind == JsonValueKind.String
            ? time.GetDateTimeOffset().ToString("MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "-";

    private static string Who(JsonElement alert, AlertsWords words) => Muted(alert, words) is not { } muted ? Worker(alert, words)
        : Worker(alert, words) is var worker && worker == "-" ? muted : $"{worker}{words.Comma}{muted}";

    private static string? Muted(JsonElement alert, AlertsWords words)
    {
        if (!alert.TryGetProperty("muted", out var muted) || muted.ValueKind != JsonValueKind.Object) return null;
        return Text(muted, "cause") is var cause && cause != "silence" ? words.Term(cause)
            : words.SilencedUntil(string.Create(CultureInfo.InvariantCulture,
                $"{muted.GetProperty("until").GetDateTimeOffset().UtcDateTime:MM-dd HH:mm}Z"));
    }

    private static string Worker(JsonElement alert, AlertsWords words) => (Text(alert, "acknowledgedBy"), Text(alert, "assignee")) switch
    {
        ({ Length: > 0 } acknowledged, "") => words.Acknowledged(acknowledged),
        ({ Length: > 0 } acknowledged, var assignee) => words.Acknowledged(acknowledged) + words.Comma + words.Assigned(assignee),
        (_, { Length: > 0 } assignee) => words.Assigned(assignee),
        _ => "-",
    };

    // Names come from producers: nothing in them may move the cursor.
    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? SafeText.OneLine(value.GetString()!) : "";

    private static bool IsWanted(JsonElement alert, Matcher[] wanted)
    {
        if (wanted.Length == 0) return true;
        var labels = LabelSet.Of(alert.GetProperty("labels").EnumerateObject()
            .Select(label => KeyValuePair.Create(label.Name, label.Value.GetString() ?? "")));
        return Array.TrueForAll(wanted, matcher => matcher.Accepts(labels));
    }
}
