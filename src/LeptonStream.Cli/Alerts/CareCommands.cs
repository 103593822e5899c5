using System.CommandLine;
using LeptonStream.Cli.Api;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Dashboard.Actions;

namespace LeptonStream.Cli.Alerts;

/// <summary><c>lepton ack</c>, <c>assign</c>, <c>note</c> and <c>close</c>.</summary>
internal static class CareCommands
{
    public static Command Acknowledge()
    {
        var alert = AlertIds.Argument();
        var note = NoteOption();
        var again = new Option<string?>("--ask-again-after")
            { Description = "Repeats go on after this time, such as 4h (default: only when the alert has ended)", HelpName = "DURATION" };
        var undo = new Option<bool>("--undo") { Description = "Nobody works on it any more: repeats go on" };
        return new Command("ack", "Acknowledge an alert: somebody works on it, and its repeats stop") { alert, note, again, undo }
            .WithExamples(
                ("lepton ack 4d7f1f20 --note 'restarting the pod'", "no repeats until it ends"),
                ("lepton ack 4d7f1f20 --ask-again-after 4h", "no repeats for four hours"))
            .WithApi(async (api, parsed, stop) =>
            {
                var id = await AlertIds.Complete(api, parsed.GetRequiredValue(alert), stop);
                if (parsed.GetValue(undo) && parsed.GetValue(again) is not null)
                    throw new WrongUsageException("--ask-again-after can't be used with --undo, which lets repeats go on at once");
                if (parsed.GetValue(undo)) await api.Delete($"{Address(id)}/acknowledge{NoteQuery(parsed.GetValue(note))}", stop);
                else
                    await api.Post($"{Address(id)}/acknowledge",
                        new { note = parsed.GetValue(note), askAgainAfter = parsed.GetValue(again) }, stop);
                Console.Out.WriteLine($"{id} {(parsed.GetValue(undo) ? "is not acknowledged any more" : "acknowledged")}");
            });
    }

    public static Command Assign()
    {
        var alert = AlertIds.Argument();
        var person = new Argument<string?>("PERSON")
            { Description = "Whose it is; nobody's where it is left out", Arity = ArgumentArity.ZeroOrOne };
        var note = NoteOption();
        return new Command("assign", "Say whose an alert is") { alert, person, note }
            .WithExamples(("lepton assign 4d7f1f20 rosa", "it is rosa's"))
            .WithApi(async (api, parsed, stop) =>
            {
                var id = await AlertIds.Complete(api, parsed.GetRequiredValue(alert), stop);
                var to = parsed.GetValue(person);
                await api.Post($"{Address(id)}/assign", new { to, note = parsed.GetValue(note) }, stop);
                Console.Out.WriteLine($"{id} {(string.IsNullOrWhiteSpace(to) ? "is nobody's" : $"is {to}'s")}");
            });
    }

    public static Command Note()
    {
        var alert = AlertIds.Argument();
        var text = new Argument<string>("TEXT") { Description = "The note" };
        return new Command("note", "Add a note to an alert") { alert, text }
            .WithExamples(("lepton note 4d7f1f20 'it was the switch'", "for whoever looks at it later"))
            .WithApi(async (api, parsed, stop) =>
            {
                var id = await AlertIds.Complete(api, parsed.GetRequiredValue(alert), stop);
                await api.Post($"{Address(id)}/notes", new { text = parsed.GetValue(text) }, stop);
                Console.Out.WriteLine($"{id} has a note");
            });
    }

    public static Command Close()
    {
        var alert = AlertIds.Argument();
        var reason = new Option<string>("--reason")
        {
            Description = "fixed, accepted (as the new level), false_alarm or duplicate",
            Required = true,
            HelpName = "REASON",
        };
        reason.AcceptOnlyFromAmong([.. CloseReasons.All]);
        var note = NoteOption();
        return new Command("close", "End an alert, whatever the detector says of it; who was notified of it is notified of its end")
            { alert, reason, note }
            .WithExamples(("lepton close 4d7f1f20 --reason false_alarm --note 'load test'", "it fires no more"))
            .WithApi(async (api, parsed, stop) =>
            {
                var id = await AlertIds.Complete(api, parsed.GetRequiredValue(alert), stop);
                await api.Post($"{Address(id)}/close",
                    new { reason = parsed.GetRequiredValue(reason), note = parsed.GetValue(note) }, stop);
                Console.Out.WriteLine($"{id} closed");
            });
    }

    public static Option<string?> NoteOption() => new("--note") { Description = "Words for the alert's history", HelpName = "TEXT" };

    public static string NoteQuery(string? note) => note is null ? "" : $"?note={Uri.EscapeDataString(note)}";

    public static string Address(string id) => $"api/v1/alerts/{Uri.EscapeDataString(id)}";
}
