using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using LeptonStream.Alerting;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Config;
using LeptonStream.Cli.Settings;
using LeptonStream.Notifier.Routing;

namespace LeptonStream.Cli.Receivers;

/// <summary><c>lepton receivers preview</c>.</summary>
internal static class PreviewCommand
{
    private static readonly JsonSerializerOptions Indented = new()
        { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "The receiver's name in the routing file" };
        var alert = new Option<string?>("--alert")
        {
            Description = "Id of an alert that the notifier has recorded, or its beginning; without it an example is shown",
            HelpName = "ID",
        };
        var example = new Option<bool>("--example") { Description = "An example in place of an alert (the default)" };
        var command = new Command("preview",
            "Show the messages that each channel of a receiver would send about an alert, and send nothing")
            { name, alert, example }
            .WithSettings("Notifier:RoutingFile", "Notifier:WebhookUrl", "Storage:ConnectionString")
            .WithExamples(("lepton receivers preview pager --example --routing routing.yaml",
                "text and body for an example, secrets left out"));
        command.Validators.Add(result =>
        {
            if (result.GetValue(alert) is not null && result.GetValue(example)) result.AddError("--alert and --example: only one of them");
        });
        command.SetAction(async (parsed, stop) =>
        {
            var (options, routing) = ConfigCommand.RoutingOf(parsed);
            var receiver = ReceiversCommand.Find(routing, parsed.GetValue(name)!);
            using var channels = ReceiversCommand.ChannelsOf(parsed, options);
            var preview = new ReceiverPreview(routing, channels, options, TimeProvider.System);
            var shown = parsed.GetValue(alert) is { } id ? await Recorded(parsed, id, stop) : preview.Example;
            foreach (var channel in preview.Of(receiver, shown)) Write(channel);
            return ExitCode.Sound;
        });
        return command;
    }

    private static Task<GroupedAlert> Recorded(ParseResult parsed, string start, CancellationToken stop) =>
        JournalTool.Read(parsed, async database =>
        {
            await using var connection = await database.Open(stop);
            var id = await JournalAlerts.IdOf(connection, start);
            return await RecordedAlert.Find(database, id, stop)
                ?? throw new WrongUsageException($"the last event of alert '{id}' can't be read: another version wrote it");
        });

    private static void Write(ChannelPreview channel)
    {
        Console.Out.WriteLine($"== {channel.Destination}");
        if (channel.IsSilent) Console.Out.WriteLine("(would send nothing: the alert is over, and send_resolved is false)");
        if (channel.Text is { } text) Console.Out.WriteLine($"{text}\n-- body");
        Console.Out.WriteLine(Pretty(channel.Payload));
        Console.Out.WriteLine();
    }

    private static string Pretty(string payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            return JsonSerializer.Serialize(document.RootElement, Indented);
        }
        catch (JsonException)
        {
            return payload;
        }
    }
}
