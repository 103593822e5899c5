using System.CommandLine;
using System.CommandLine.Parsing;
using LeptonStream.Alerting;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Config.Explain;
using LeptonStream.Cli.Settings;
using LeptonStream.Notifier;
using LeptonStream.Notifier.Routing;
using LeptonStream.Samples;
using LeptonStream.Series;
using Microsoft.Extensions.Configuration;

namespace LeptonStream.Cli.Config;

/// <summary><c>lepton config check | route | explain</c>.</summary>
internal static class ConfigCommand
{
    public static Command Create() =>
        new("config", "Check settings, routing and policies before a role reads them; explain the way of an alert")
            { Check(), Route(), ExplainCommand.Create() };

    private static Command Check()
    {
        var files = new Argument<FileInfo[]>("FILE")
        {
            Description =
                "Settings (.json), routing, policy, token or collector files; without any, the settings that the roles would have here and "
                + "the files they name",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("check",
            "Say everything that is wrong with settings and files, each with its file and line. Exit code 0 sound, 1 something is wrong")
            { files }
            .WithSettings("Notifier:RoutingFile", "Notifier:AllowedTargets", "Detector:PoliciesFile", "Collector:ConfigFile",
                "Kafka:BootstrapServers", "Storage:ConnectionString")
            .WithExamples(
                ("lepton config check", "appsettings.json, the environment, and the files they name"),
                ("lepton config check routing.yaml detection.yaml appsettings.json", "these files, as they are"));
        command.SetAction((parsed, stop) =>
            parsed.GetValue(files) is { Length: > 0 } named ? ConfigCheck.Files(named, parsed, stop) : ConfigCheck.Settings(parsed, stop));
        return command;
    }

    private static Command Route()
    {
        var labels = new Argument<string[]>("LABEL")
        {
            Description = "The alert's labels, such as severity=critical model=llama-70b",
            HelpName = "NAME=VALUE",
            Arity = ArgumentArity.OneOrMore,
        };
        labels.Validators.Add(CheckLabels);
        var tree = new Option<bool>("--tree")
            { Description = "The whole tree of routes instead: which the alert takes, and of the others why it does not" };
        var command = new Command("route", "Say which routes an alert with these labels takes, who is notified, in which group, and when")
            { labels, tree }
            .WithSettings("Notifier:RoutingFile", "Notifier:WebhookUrl")
            .WithExamples(
                ("lepton config route --routing routing.yaml alertname=LeptonStreamAnomaly severity=critical model=llama-70b",
                    "the way of a critical alert"),
                ("lepton config route severity=warning 'model=my model'", "with the routing file of the settings"),
                ("lepton config route --tree severity=warning", "why it takes these routes and not others"));
        command.SetAction(parsed =>
        {
            var (routing, alert) = (RoutingOf(parsed).Routing, LabelSet.Of(parsed.GetValue(labels)!.Select(Pair)));
            if (parsed.GetValue(tree)) RouteTrace.Write(Console.Out, routing.Routes, alert);
            else
            {
                RouteText.Write(Console.Out, routing.Routes, alert, Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow));
                ActionText.Write(Console.Out, routing.Policies, alert);
            }

            return ExitCode.Sound;
        });
        return command;
    }

    /// <summary>The routing of the settings.</summary>
    /// <exception cref="WrongUsageException">It is wrong.</exception>
    public static (NotifierOptions Options, NotifierRouting Routing) RoutingOf(ParseResult parsed)
    {
        var settings = LeptonSettings.Load(parsed);
        settings.Check(_ => { });
        var options = settings.Configuration.GetSection(NotifierOptions.Section).Get<NotifierOptions>() ?? new();
        return (options, NotifierRouting.Of(options, out var errors) ?? throw new WrongUsageException(errors));
    }

    private static void CheckLabels(ArgumentResult result)
    {
        foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=', StringComparison.Ordinal) <= 0))
            result.AddError($"'{token.Value}' is no label: write NAME=VALUE, such as severity=critical");
    }

    private static KeyValuePair<string, string> Pair(string label)
    {
        var split = label.IndexOf('=', StringComparison.Ordinal);
        return KeyValuePair.Create(label[..split], label[(split + 1)..]);
    }
}
