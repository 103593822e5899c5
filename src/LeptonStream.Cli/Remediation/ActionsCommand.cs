using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LeptonStream.Alerting.Remediation;
using LeptonStream.Cli.Api;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Terminal;
using LeptonStream.Output;

namespace LeptonStream.Cli.Remediation;

/// <summary><c>lepton actions</c>.</summary>
internal static class ActionsCommand
{
    // As the dashboard allows.
    private const int MaxInOneList = 1000;

    public static Command Create() =>
        new("actions", "List the actions that alerts started, approve or reject those that wait") { List(), Approve(), Reject() };

    private static Command List()
    {
        var state = new Option<string>("--state")
        {
            Description = string.Join(", ", RemediationStates.Lists.Keys),
            DefaultValueFactory = _ => "open",
            HelpName = "STATE",
        };
        state.AcceptOnlyFromAmong([.. RemediationStates.Lists.Keys]);
        var json = new Option<bool>("--json") { Description = "One JSON object a line, as the API has it" };
        return new Command("list", "List actions, the newest first") { state, json }
            .WithExamples(
                ("lepton actions list", "those that are not over"),
                ("lepton actions list --state waiting --json | jq -r .actionId", "ids of those that wait for approval"))
            .WithApi(async (api, parsed, stop) =>
            {
                var list = await api.Get($"api/v1/actions?limit={MaxInOneList}&state={parsed.GetRequiredValue(state)}", stop);
                JsonElement[] actions = [.. list.GetProperty("actions").EnumerateArray()];
                if (parsed.GetValue(json))
                {
                    foreach (var action in actions) Console.Out.WriteLine(action.GetRawText());
                    return;
                }

                if (actions.Length == 0) Console.Out.WriteLine("no actions");
                else Console.Out.Write(Table(actions));
                if (list.GetProperty("total").GetInt64() is var total && total > actions.Length)
                    Console.Out.WriteLine($"the newest {actions.Length} of {total}");
            });
    }

    private static Command Approve()
    {
        var id = IdArgument();
        var note = new Option<string?>("--note") { Description = "Reason, for the audit", HelpName = "TEXT" };
        return new Command("approve", "Let an action start; it does unless its alert is over or suppressed") { id, note }
            .WithExamples(("lepton actions approve 0198c0de5a0b7c4e8f5d0a1b2c3d4e5f", "it starts within seconds"))
            .WithApi((api, parsed, stop) => Decide(api, parsed.GetRequiredValue(id), "approve", parsed.GetValue(note), "approved", stop));
    }

    private static Command Reject()
    {
        var id = IdArgument();
        var note = new Option<string>("--note") { Description = "Reason, for the audit", Required = true, HelpName = "TEXT" };
        return new Command("reject", "Never start an action for its alert") { id, note }
            .WithExamples(("lepton actions reject 0198c0de5a0b7c4e8f5d0a1b2c3d4e5f --note 'a load test'", "nothing is done"))
            .WithApi((api, parsed, stop) =>
                Decide(api, parsed.GetRequiredValue(id), "reject", parsed.GetRequiredValue(note), "rejected", stop));
    }

    private static Argument<string> IdArgument() => new("ACTION_ID") 
        { Description = "The id, or as much of its beginning as 'lepton actions list' shows" };

    private static async Task Decide(ApiClient api, string start, string decision, string? note, string done, CancellationToken stop)
    {
        var list = await api.Get($"api/v1/actions?limit={MaxInOneList}&state=all", stop);
        var known = list.GetProperty("actions").EnumerateArray().ToDictionary(one => Text(one, "actionId"));
        var id = IdStart.Only("action", start, known.Keys);
        await api.Post($"api/v1/actions/{Uri.EscapeDataString(id)}/{decision}", new { note }, stop);
        Console.Out.WriteLine($"{done}: {Text(known[id], "kind")} {Text(known[id], "action")} of {Text(known[id], "policy")}");
    }

    private static TextTable Table(JsonElement[] actions)
    {
        var length = IdStart.LengthThatDiffers([.. actions.Select(one => Text(one, "actionId"))]);
        var table = new TextTable(TextTable.Column.Whole("ID"), TextTable.Column.Whole("STATE"),
            TextTable.Column.Whole("CHANGED") with { IsSpare = true }, "POLICY", "ACTION", "TARGET", TextTable.Column.Whole("ALERT"), "BY",
            "REASON") { Width = TextTable.TerminalWidth };
        foreach (var one in actions)
            table.Add(
                ShortId.Of(Text(one, "actionId"), length), Text(one, "state"),
                one.GetProperty("changedAt").GetDateTimeOffset().ToString("MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                Text(one, "policy"), $"{Text(one, "kind")} {Text(one, "action")}",
                SafeText.OneLine(string.Join(' ', one.GetProperty("target").EnumerateObject()
                    .Select(part => $"{part.Name}={part.Value.GetString()}"))),
                ShortId.Of(Text(one, "alertId")), Text(one, "actor"), Text(one, "reason"));
        return table;
    }

    private static string Text(JsonElement element, string name) => SafeText.OneLine(element.GetProperty(name).GetString() ?? "");
}
