using System.CommandLine;
using LeptonStream.Alerting;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Settings;

namespace LeptonStream.Cli.Watch;

/// <summary><c>lepton watch</c>.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var matchers = MatcherArgument.Create("Show only alerts whose labels match all of these, in Alertmanager's notation",
            ArgumentArity.ZeroOrMore);
        var fromBeginning = new Option<bool>("--from-beginning") { Description = "Show what is in the topic already, then go on" };
        var most = new Option<int?>("--max") { Description = "End after this many alerts", HelpName = "N" };
        most.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 1) result.AddError("--max must be 1 or more");
        });
        var json = new Option<bool>("--json") { Description = "Each event as it is on the topic, one JSON object a line" };
        var language = new Option<string>("--lang")
            { Description = "Language of the explanation: en or zh-CN", DefaultValueFactory = _ => "en", HelpName = "LANGUAGE" };
        language.AcceptOnlyFromAmong("en", "zh-CN");

        var command = new Command("watch", "Show alerts in the terminal as they come. Nothing is committed: any number of people can watch")
            { matchers, fromBeginning, most, json, language }
            .WithSettings("Kafka:BootstrapServers", "Kafka:TopicPrefix")
            .WithExamples(
                ("lepton watch", "every alert from now on, until Ctrl-C"),
                ("lepton watch severity=critical 'model=~\"llama.*\"'", "critical alerts of some models"),
                ("lepton watch --from-beginning --json | jq .metric", "everything there is, for another program"));
        command.SetAction((parsed, stop) => KafkaTool.Run(parsed, kafka => Task.Run(() =>
        {
            using var alerts = new AlertFeed(kafka, parsed.GetValue(fromBeginning));
            var lines = new AlertLines(parsed.GetRequiredValue(language) == "zh-CN", AlertLines.WantsColour);
            var left = parsed.GetValue(most) ?? int.MaxValue;
            var wanted = parsed.GetValue(matchers) ?? [];
            foreach (var (alert, text) in alerts.Read(stop))
            {
                if (!Array.TrueForAll(wanted, matcher => matcher.Accepts(alert.RoutingLabels))) continue;
                if ((parsed.GetValue(json) ? text : lines.Of(alert)) is not { } line) continue;
                Console.Out.WriteLine(line);
                if (--left == 0) break;
            }

            return ExitCode.Sound;
        })));
        return command;
    }
}
