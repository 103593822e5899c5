using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using LeptonStream.Cli.Api;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Terminal;
using LeptonStream.Dashboard.Outbox;
using LeptonStream.Output;

namespace LeptonStream.Cli.Outbox;

/// <summary><c>lepton outbox</c>.</summary>
internal static class OutboxCommand
{
    // As the dashboard allows.
    private const int MaxInOneList = 1000;

    private const int Whole = 32;

    public static Command Create() =>
        new("outbox", "List notifications that were not delivered, send them again or drop them") { List(), Retry(), Drop() };

    private static Command List()
    {
        var status = new Option<string>("--status")
        {
            Description = string.Join(", ", OutboxStates.Lists.Keys),
            DefaultValueFactory = _ => "undelivered",
            HelpName = "STATUS",
        };
        status.AcceptOnlyFromAmong([.. OutboxStates.Lists.Keys]);
        var receiver = ReceiverOption();
        var json = new Option<bool>("--json") { Description = "One JSON object a line, as the API has it" };
        return new Command("list", "List notifications, the newest first") { status, receiver, json }
            .WithExamples(
                ("lepton outbox list", "what waits, and what was given up"),
                ("lepton outbox list --status dead --json | jq -r .notificationId", "ids for another program"))
            .WithApi(async (api, parsed, stop) =>
            {
                var list = await Ask(api, parsed.GetRequiredValue(status), parsed.GetValue(receiver), stop);
                JsonElement[] notifications = [.. list.GetProperty("notifications").EnumerateArray()];
                if (parsed.GetValue(json))
                {
                    foreach (var notification in notifications) Console.Out.WriteLine(notification.GetRawText());
                    return;
                }

                if (notifications.Length == 0) Console.Out.WriteLine("no notifications");
                else Console.Out.Write(Table(notifications));
                if (list.GetProperty("total").GetInt64() is var total && total > notifications.Length)
                    Console.Out.WriteLine($"the newest {notifications.Length} of {total}");
            });
    }

    private static Command Retry()
    {
        var (ids, note, receiver) = (Ids(), NoteOption(), ReceiverOption());
        var all = new Option<bool>("--all-dead") { Description = "All that were given up, or those of --receiver" };
        return new Command("retry", "Send notifications now, under the ids that they had") { ids, all, receiver, note }
            .WithExamples(
                ("lepton outbox retry 0198c0de5a0b7c4e8f5d0a1b2c3d4e5f --note 'the token is renewed'", "one of them"),
                ("lepton outbox retry --all-dead --receiver ops --note 'the chat is back'", "all that this receiver missed"))
            .WithApi(async (api, parsed, stop) =>
            {
                string[] wanted = parsed.GetValue(ids) ?? [];
                if (parsed.GetValue(all) == wanted.Length > 0)
                    throw new WrongUsageException("name notifications by their ids, or all that were given up with --all-dead");
                if (!parsed.GetValue(all) && parsed.GetValue(receiver) is not null)
                    throw new WrongUsageException("--receiver is for --all-dead");
                wanted = await Complete(api, wanted, stop);
                await Each(api, wanted, "retry", parsed.GetRequiredValue(note), stop);
                var count = parsed.GetValue(all)
                    ? await RetryDead(api, parsed.GetValue(receiver), parsed.GetRequiredValue(note), stop) : wanted.Length;
                Console.Out.WriteLine($"{count} {(count == 1 ? "notification is" : "notifications are")} queued for sending; "
                    + "'lepton outbox list' shows what is not delivered");
            });
    }

    private static Command Drop()
    {
        var (ids, note) = (Ids(ArgumentArity.OneOrMore), NoteOption());
        return new Command("drop", "Never send notifications; they stay in 'list --status dropped'") { ids, note }
            .WithExamples(("lepton outbox drop 0198c0de5a0b7c4e8f5d0a1b2c3d4e5f --note 'rosa knows'", "nobody waits for it"))
            .WithApi(async (api, parsed, stop) =>
            {
                var wanted = await Complete(api, parsed.GetRequiredValue(ids), stop);
                await Each(api, wanted, "drop", parsed.GetRequiredValue(note), stop);
                Console.Out.WriteLine($"{wanted.Length} {(wanted.Length == 1 ? "notification" : "notifications")} dropped");
            });
    }

    private static Argument<string[]> Ids(ArgumentArity? arity = null) => new("NOTIFICATION_ID")
        { Description = "Ids, or as much of their beginnings as 'lepton outbox list' shows", Arity = arity ?? ArgumentArity.ZeroOrMore };

    private static Option<string> NoteOption() =>
        new("--note") { Description = "Reason, for the audit", Required = true, HelpName = "TEXT" };

    private static Option<string?> ReceiverOption() =>
        new("--receiver") { Description = "Those of one receiver", HelpName = "NAME" };

    // Those that are out of date, or were given up while this runs, are named and left; what is refused for all ends it.
    private static async Task<int> RetryDead(ApiClient api, string? receiver, string note, CancellationToken stop)
    {
        var (count, before) = (0, -1);
        var refusals = new HashSet<string>();
        string[] wanted;
        do
        {
            before = count;
            foreach (var id in wanted = await Dead(api, receiver, stop))
            {
                try
                {
                    await Each(api, [id], "retry", note, stop);
                    count++;
                }
                catch (RefusedException refused) when (refused.Status == HttpStatusCode.Conflict)
                {
                    if (refusals.Add(refused.Message)) Console.Error.WriteLine(refused.Message);
                }
            }
        }
        while (wanted.Length == MaxInOneList && count > before);
        return count > 0 || refusals.Count == 0 ? count
            : throw new InvalidOperationException($"none of the {refusals.Count} that were given up can be sent");
    }

    // The oldest first, as they would have been sent.
    private static async Task<string[]> Dead(ApiClient api, string? receiver, CancellationToken stop) =>
        [.. (await Ask(api, OutboxStates.Dead, receiver, stop)).GetProperty("notifications").EnumerateArray()
            .Select(notification => notification.GetProperty("notificationId").GetString()!).Reverse()];

    private static Task<JsonElement> Ask(ApiClient api, string status, string? receiver, CancellationToken stop) => api.Get(
        $"api/v1/outbox?limit={MaxInOneList}&status={status}"
            + (receiver is null ? "" : $"&receiver={Uri.EscapeDataString(receiver)}"), stop);

    private static async Task<string[]> Complete(ApiClient api, string[] starts, CancellationToken stop)
    {
        if (Array.TrueForAll(starts, start => start.Length >= Whole)) return starts;
        var known = await api.Get($"api/v1/outbox?limit={MaxInOneList}&status=all", stop);
        string[] ids = [.. known.GetProperty("notifications").EnumerateArray().Select(one => Text(one, "notificationId"))];
        return [.. starts.Select(start => start.Length >= Whole ? start : IdStart.Only("notification", start, ids))];
    }

    // One after the other: the first that is refused ends it, and says which.
    private static async Task Each(ApiClient api, string[] ids, string action, string note, CancellationToken stop)
    {
        foreach (var id in ids) await api.Post($"api/v1/outbox/{Uri.EscapeDataString(id)}/{action}", new { note }, stop);
    }

    private static TextTable Table(JsonElement[] notifications)
    {
        var length = IdStart.LengthThatDiffers([.. notifications.Select(one => Text(one, "notificationId"))]);
        var table = new TextTable(TextTable.Column.Whole("ID"), TextTable.Column.Whole("STATUS"), TextTable.Column.Whole("DECIDED"),
            "RECEIVER", TextTable.Column.Number("FIRING") with { IsSpare = true },
            TextTable.Column.Number("RESOLVED") with { IsSpare = true }, TextTable.Column.Number("ATTEMPTS") with { IsSpare = true },
            TextTable.Column.Whole("NEXT") with { IsSpare = true }, "ABOUT", "ERROR") { Width = TextTable.TerminalWidth };
        foreach (var one in notifications)
            table.Add(
                ShortId.Of(Text(one, "notificationId"), length), Text(one, "status"), Time(one, "decidedAt"),
                $"{Text(one, "receiver")}/{Text(one, "channel")}",
                one.GetProperty("firing").GetRawText(), one.GetProperty("resolved").GetRawText(), one.GetProperty("attempts").GetRawText(),
                Time(one, "nextAttemptAt"), Text(one, "about"), Text(one, "lastError"));
        return table;
    }

    private static string Time(JsonElement element, string name) => element.GetProperty(name).ValueKind == JsonValueKind.String
        ? element.GetProperty(name).GetDateTimeOffset().ToString("MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "-";

    private static string Text(JsonElement element, string name) => SafeText.OneLine(element.GetProperty(name).GetString() ?? "");
}
