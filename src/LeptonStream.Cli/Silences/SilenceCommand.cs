using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeptonStream.Alerting.Muting;
using LeptonStream.Cli.Api;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Terminal;
using LeptonStream.Output;
using LeptonStream.Yaml;

namespace LeptonStream.Cli.Silences;

/// <summary><c>lepton silence</c>.</summary>
internal static class SilenceCommand
{
    public static Command Create() =>
        new("silence", "Mute alerts for a while: nobody is notified of those that match") { Add(), List(), Expire() };

    private static Command Add()
    {
        var matchers = MatcherArgument.Create("Mute alerts whose labels match all of these, in Alertmanager's notation",
            ArgumentArity.OneOrMore);
        var length = new Option<TimeSpan>("--for")
        {
            Description = "How long, such as 2h",
            HelpName = "DURATION",
            DefaultValueFactory = _ => TimeSpan.FromHours(1),
            CustomParser = result =>
            {
                if (DurationText.TryParse(result.Tokens[0].Value, out var duration) && duration > TimeSpan.Zero) return duration;
                result.AddError($"--for is '{result.Tokens[0].Value}': {DurationText.Form}, above 0s");
                return TimeSpan.Zero;
            },
        };
        var comment = new Option<string>("--comment") { Description = "Reason, for other people", Required = true, HelpName = "TEXT" };
        var onlyPreview = new Option<bool>("--preview") { Description = "Only say which open alerts it would mute" };
        return new Command("add", "Make a silence, and say how many open alerts it mutes") { matchers, length, comment, onlyPreview }
            .WithExamples((
                "lepton silence add model=llama-70b 'metric=~\"gpu_.*\"' --for 2h --comment 'driver upgrade'", "two hours of quiet"))
            .WithApi(async (api, parsed, stop) =>
            {
                var wanted = JsonNode.Parse(MatcherJson.Write(parsed.GetRequiredValue(matchers)));
                var preview = await api.Post("api/v1/silences/preview", new { matchers = wanted!.DeepClone() }, stop);
                var muted = preview.GetProperty("total").GetInt32();
                var what = $"{muted} open {(muted == 1 ? "alert" : "alerts")}";
                if (parsed.GetValue(onlyPreview))
                {
                    Console.Out.WriteLine($"would mute {what}");
                    return;
                }

                var made = await api.Post("api/v2/silences", new
                {
                    matchers = wanted,
                    endsAt = DateTimeOffset.UtcNow + parsed.GetRequiredValue(length),
                    comment = parsed.GetRequiredValue(comment),
                }, stop);
                Console.Out.WriteLine($"{made.GetProperty("silenceID").GetString()} mutes {what}");
            });
    }

    private static Command List()
    {
        var all = new Option<bool>("--all") { Description = "Those that have ended too" };
        var json = new Option<bool>("--json") { Description = "One JSON object a line, as the API has it" };
        return new Command("list", "List silences") { all, json }
            .WithExamples(("lepton silence list", "what is muted now, or will be"))
            .WithApi(async (api, parsed, stop) =>
            {
                JsonElement[] silences = [.. (await api.Get("api/v2/silences", stop)).EnumerateArray()
                    .Where(silence => parsed.GetValue(all) || StateOf(silence) != "expired")];
                if (parsed.GetValue(json))
                {
                    foreach (var silence in silences) Console.Out.WriteLine(silence.GetRawText());
                    return;
                }

                if (silences.Length == 0)
                {
                    Console.Out.WriteLine("no silences");
                    return;
                }

                var table = new TextTable("ID", "STATE", "ENDS", "BY", "MATCHERS", "COMMENT");
                foreach (var silence in silences)
                    table.Add(Text(silence, "id"), StateOf(silence), Text(silence, "endsAt"), Text(silence, "createdBy"),
                        SafeText.OneLine(string.Join(" ", MatcherJson.Read(silence.GetProperty("matchers").GetRawText()))),
                        Text(silence, "comment"));
                Console.Out.Write(table);
            });
    }

    private static Command Expire()
    {
        var id = new Argument<string>("SILENCE_ID") { Description = "The silence's id" };
        return new Command("expire", "End a silence now") { id }
            .WithExamples(("lepton silence expire 0198c0de-…", "what it muted is sent again"))
            .WithApi(async (api, parsed, stop) =>
            {
                await api.Delete($"api/v2/silence/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}", stop);
                Console.Out.WriteLine($"{parsed.GetRequiredValue(id)} ended");
            });
    }

    private static string StateOf(JsonElement silence) => silence.GetProperty("status").GetProperty("state").GetString()!;

    private static string Text(JsonElement silence, string name) => SafeText.OneLine(silence.GetProperty(name).GetString() ?? "");
}
