using System.CommandLine;
using LeptonStream.Cli.Api;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Feedback;

namespace LeptonStream.Cli.Alerts;

/// <summary><c>lepton verdict</c>.</summary>
internal static class VerdictCommand
{
    public static Command Create()
    {
        var alert = AlertIds.Argument();
        var verdict = new Argument<string?>("VERDICT")
        {
            Description = "false (nothing was wrong), true (something was) or normal (the new level is the usual one)",
            Arity = ArgumentArity.ZeroOrOne,
        };
        verdict.AcceptOnlyFromAmong([.. Verdicts.All]);
        var note = CareCommands.NoteOption();
        var undo = new Option<bool>("--undo") { Description = "Take the verdict back" };
        return new Command("verdict", "Say whether an alert was right: the detector acts on it, and programs read it on lepton.feedback")
            { alert, verdict, note, undo }
            .WithExamples(
                ("lepton verdict 4d7f1f20 false --note 'load test'", "a false alarm"),
                ("lepton verdict 4d7f1f20 --undo", "no verdict any more"))
            .WithApi(async (api, parsed, stop) =>
            {
                var (judged, isUndone) = (parsed.GetValue(verdict), parsed.GetValue(undo));
                if (judged is null == !isUndone)
                    throw new WrongUsageException($"write one of {string.Join(", ", Verdicts.All)}, or --undo");
                var found = await AlertIds.Find(api, parsed.GetRequiredValue(alert), stop);
                var address = $"{found.Address}/verdict";
                if (isUndone) await api.Delete(address + CareCommands.NoteQuery(parsed.GetValue(note)), stop);
                else await api.Post(address, new { verdict = judged, note = parsed.GetValue(note) }, stop);
                Console.Out.WriteLine($"{(isUndone ? "no verdict any more" : $"judged as {judged}")}: {found.Text}");
                if (judged == Verdicts.NameOf(Verdict.False) && found.IsFiring)
                    Console.Out.WriteLine("It fires until its values are normal again. To end it now: "
                        + $"lepton close {parsed.GetRequiredValue(alert)} --reason false_alarm");
            });
    }
}
