using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.OnCall;
using LeptonStream.Cli.Settings;
using LeptonStream.Samples;
using LeptonStream.Series;

namespace LeptonStream.Cli.Config.Explain;

/// <summary><c>lepton config explain</c>.</summary>
internal static class ExplainCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var id = new Argument<string>("ALERT_ID") { Description = "The alert's id, or enough of its beginning" };
        var json = new Option<bool>("--json") { Description = "One JSON object on standard output" };
        var command = new Command("explain",
            "Say who was notified of an alert and when, who was not and why, from the notifier's journal, and its routes by the settings "
            + "here") { id, json }
            .WithSettings("Storage:ConnectionString", "Notifier:RoutingFile", "Notifier:WebhookUrl")
            .WithExamples(("lepton config explain 3f2a91c0 --storage 'Host=db;Database=lepton;Username=lepton'", "one alert"));
        command.SetAction(async (parsed, _) =>
        {
            var story = await Read(parsed, parsed.GetValue(id)!);
            var labels = story.Alert.Labels is { } known ? LabelSet.Of(known) : null;
            var routing = labels is null ? null : ConfigCommand.RoutingOf(parsed).Routing;
            var routes = routing?.Routes.Match(labels!) ?? [];
            string[] actions = [.. routing?.Policies.Where(policy => policy.Covers(labels!))
                .Select(policy => ActionText.Of(policy, labels!)) ?? []];
            var now = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow);
            if (parsed.GetValue(json))
                Console.Out.WriteLine(JsonSerializer.Serialize(
                    new { story.Alert, routes = routes.Select(route => new { route.Key, receiver = route.Receiver.Name,
                        escalation = OnCallText.Of(route, now) }), story.Groups,
                        actions, story.Notified, story.LeftOut, started = story.Actions },
                    Json));
            else StoryText.Write(Console.Out, story, routes, actions, now);
            return ExitCode.Sound;
        });
        return command;
    }

    private static Task<AlertStory> Read(ParseResult parsed, string start) => JournalTool.Read(parsed, async database =>
    {
        await using var connection = await database.Open();
        return await AlertStory.Read(connection, await JournalAlerts.IdOf(connection, start));
    });
}
