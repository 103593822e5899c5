using System.CommandLine;
using System.CommandLine.Parsing;
using LeptonStream.Alerting;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Config;
using LeptonStream.Cli.Settings;
using LeptonStream.Kafka;
using LeptonStream.Notifier;
using LeptonStream.Notifier.Channels;
using LeptonStream.Notifier.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace LeptonStream.Cli.Receivers;

/// <summary><c>lepton receivers test | preview</c>.</summary>
internal static class ReceiversCommand
{
    public static Command Create() => new("receivers", "Try the receivers of the routing") { Test(), PreviewCommand.Create() };

    /// <summary>The receiver with this name.</summary>
    /// <exception cref="WrongUsageException">There is none; the error names those that there are.</exception>
    public static ReceiverConfig Find(NotifierRouting routing, string receiver) => routing.Routes.FindReceiver(receiver)
        ?? throw new WrongUsageException(
            $"there is no receiver '{receiver}'; there are: {string.Join(", ", routing.Routes.Receivers.Select(other => other.Name))}");

    /// <summary>The channels as a notifier with these settings makes them.</summary>
    public static ChannelFactory ChannelsOf(ParseResult parsed, NotifierOptions options)
    {
        var kafka = LeptonSettings.Load(parsed).Configuration.GetSection(KafkaOptions.Section).Get<KafkaOptions>() ?? new();
        return new(new ConsoleOutput(Console.Out), Options.Create(options), Options.Create(kafka), TimeProvider.System);
    }

    private static Command Test()
    {
        var name = new Argument<string>("NAME")
            { Description = $"The receiver's name in the routing file; without one it is '{NotifierRouting.DefaultReceiver}'" };
        var command = new Command("test",
            "Send a marked test notification through every channel of a receiver, and say what the other side answers. Exit code 1 if "
            + "one fails") { name }
            .WithSettings("Notifier:RoutingFile", "Notifier:WebhookUrl", "Notifier:AllowedTargets")
            .WithExamples(("lepton receivers test pager --routing routing.yaml",
                "a test alert that fires and, where the channel takes resolves, ends at once"));
        command.SetAction(async (parsed, stop) =>
        {
            var (options, routing) = ConfigCommand.RoutingOf(parsed);
            var known = Find(routing, parsed.GetValue(name)!);
            if (known.Channels.Count == 0)
                Console.Out.WriteLine($"{known.Name} has no channel: its alerts are recorded and nobody is notified");

            using var channels = ChannelsOf(parsed, options);
            var isSound = true;
            await foreach (var attempt in new ReceiverTest(routing, channels, options, TimeProvider.System).Run(known, stop))
            {
                isSound &= attempt.IsDelivered;
                Console.Out.WriteLine(
                    $"{(attempt.IsDelivered ? "ok   " : "WRONG")}  {attempt.Destination}  {attempt.Status}: {attempt.Answer} "
                    + $"({attempt.Took.TotalMilliseconds:0} ms)");
            }

            return isSound ? ExitCode.Sound : ExitCode.Failed;
        });
        return command;
    }
}
