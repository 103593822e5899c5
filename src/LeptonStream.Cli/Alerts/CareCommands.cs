using System.CommandLine;
using LeptonStream.Cli.Api;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Dashboard.Actions;
using LeptonStream.Yaml;

namespace LeptonStream.Cli.Alerts;

/// <summary><c>lepton ack</c>, <c>assign</c>, <c>note</c> and <c>close</c>.</summary>
internal static class CareCommands
{
    public static Command Acknowledge()
    {
        var (alerts, note) = (AlertIds.Arguments(), NoteOption());
        var again = DurationOption.Create("--ask-again-after",
            "Repeats go on after this time, such as 4h (default: only when the alert has ended)");
        var undo = new Option<bool>("--undo") { Description = "Nobody works on it any more: repeats go on" };
        return new Command("ack", "Acknowledge an alert: somebody works on it, and its repeats stop") { alerts, note, again, undo }
            .WithExamples(
                ("lepton ack 4d7f1f20 --note 'restarting the pod'", "no repeats until it ends"),
                ("lepton ack 4d7f1f20 9b03c6aa --ask-again-after 4h", "two alerts, no repeats for four hours"))
            .WithApi(async (api, parsed, stop) =>
            {
                var isUndone = parsed.GetValue(undo);
                if (isUndone && parsed.GetValue(again) is not null)
                    throw new WrongUsageException("--ask-again-after can't be used with --undo, which lets repeats go on at once");
                var askAgainAfter = parsed.GetValue(again) is { } wait ? DurationText.Of(wait) : null;
                foreach (var alert in await AlertIds.Find(api, parsed.GetRequiredValue(alerts), stop))
                {
                    if (isUndone) await api.Delete($"{alert.Address}/acknowledge{NoteQuery(parsed.GetValue(note))}", stop);
                    else await api.Post($"{alert.Address}/acknowledge", new { note = parsed.GetValue(note), askAgainAfter }, stop);
                    Console.Out.WriteLine($"{(isUndone ? "not acknowledged any more" : "acknowledged")}: {alert.Text}");
                }
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
                var found = await AlertIds.Find(api, parsed.GetRequiredValue(alert), stop);
                var to = parsed.GetValue(person);
                await api.Post($"{found.Address}/assign", new { to, note = parsed.GetValue(note) }, stop);
                Console.Out.WriteLine($"{(string.IsNullOrWhiteSpace(to) ? "nobody's" : $"{to}'s")}: {found.Text}");
            });
    }

    public static Command Note()
    {
        var alert = AlertIds.Argument();
        var text = new Argument<string>("TEXT") { Description = "The note" };
        text.Validators.Add(result =>
        {
            if (string.IsNullOrWhiteSpace(result.Tokens[0].Value)) result.AddError("TEXT is empty: write the note");
        });
        return new Command("note", "Add a note to an alert") { alert, text }
            .WithExamples(("lepton note 4d7f1f20 'it was the switch'", "for whoever looks at it later"))
            .WithApi(async (api, parsed, stop) =>
            {
                var found = await AlertIds.Find(api, parsed.GetRequiredValue(alert), stop);
                await api.Post($"{found.Address}/notes", new { text = parsed.GetValue(text) }, stop);
                Console.Out.WriteLine($"note added: {found.Text}");
            });
    }

    public static Command Close()
    {
        var alerts = AlertIds.Arguments();
        var reason = new Option<string>("--reason")
        {
            Description = "fixed, accepted (as the new level), false_alarm or duplicate",
            Required = true,
            HelpName = "REASON",
        };
        reason.AcceptOnlyFromAmong([.. CloseReasons.All]);
        var note = NoteOption();
        return new Command("close",
            "End alerts, whatever the detector says of them; who was notified of one is notified of its end, unless a silence or a mute "
            + "time holds then") { alerts, reason, note }
            .WithExamples(("lepton close 4d7f1f20 --reason false_alarm --note 'load test'", "it fires no more"))
            .WithApi(async (api, parsed, stop) =>
            {
                foreach (var alert in await AlertIds.Find(api, parsed.GetRequiredValue(alerts), stop))
                {
                    await api.Post($"{alert.Address}/close",
                        new { reason = parsed.GetRequiredValue(reason), note = parsed.GetValue(note) }, stop);
                    Console.Out.WriteLine($"closed: {alert.Text}");
                }
            });
    }

    public static Option<string?> NoteOption() => new("--note") { Description = "Words for the alert's history", HelpName = "TEXT" };

    public static string NoteQuery(string? note) => note is null ? "" : $"?note={Uri.EscapeDataString(note)}";
}
