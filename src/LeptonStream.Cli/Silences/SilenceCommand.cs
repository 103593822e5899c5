using System.CommandLine;
using System.Globalization;
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
        var length = DurationOption.Create("--for", "How long, such as 2h (default: 1h)");
        var untilResolved = new Option<bool>("--until-resolved")
            { Description = "Until the alerts that it mutes have been over for the quiet period" };
        var quiet = DurationOption.Create("--quiet", "With --until-resolved: time for which they must be over (default: 15m)");
        var most = DurationOption.Create("--max", "With --until-resolved: when it ends at the latest (default: 1d)");
        var comment = new Option<string>("--comment") { Description = "Reason, for other people", Required = true, HelpName = "TEXT" };
        var onlyPreview = new Option<bool>("--preview") { Description = "Only say which open alerts it would mute" };
        return new Command("add", "Make a silence, and say how many open alerts it mutes")
            { matchers, length, untilResolved, quiet, most, comment, onlyPreview }
            .WithExamples(
                ("lepton silence add model=llama-70b 'metric=~\"gpu_.*\"' --for 2h --comment 'driver upgrade'", "two hours of quiet"),
                ("lepton silence add model=llama-70b --until-resolved --quiet 30m --max 8h --comment 'being repaired'",
                    "until its alerts have been over for half an hour"))
            .WithApi(async (api, parsed, stop) =>
            {
                var isUntilResolved = parsed.GetValue(untilResolved);
                if (isUntilResolved && parsed.GetValue(length) is not null)
                    throw new WrongUsageException("--for can't be used with --until-resolved: write its longest time as --max");
                if (!isUntilResolved && (parsed.GetValue(quiet) ?? parsed.GetValue(most)) is not null)
                    throw new WrongUsageException("--quiet and --max are for --until-resolved");
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
                    endsAt = DateTimeOffset.UtcNow + (isUntilResolved
                        ? parsed.GetValue(most) ?? TimeSpan.FromDays(1)
                        : parsed.GetValue(length) ?? TimeSpan.FromHours(1)),
                    quietPeriod = isUntilResolved ? DurationText.Of(parsed.GetValue(quiet) ?? TimeSpan.FromMinutes(15)) : null,
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
                JsonElement[] silences = [.. (await api.Get($"api/v1/silences?all={(parsed.GetValue(all) ? "true" : "false")}", stop))
                    .GetProperty("silences").EnumerateArray()];
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

                var length = IdStart.LengthThatDiffers([.. silences.Select(silence => Text(silence, "id"))]);
                var table = new TextTable(TextTable.Column.Whole("ID"), TextTable.Column.Whole("STATE"), "ENDS",
                    TextTable.Column.Number("MUTES"), "BY", "MATCHERS", "COMMENT") { Width = TextTable.TerminalWidth };
                foreach (var silence in silences)
                    table.Add(ShortId.Of(Text(silence, "id"), length), StateOf(silence), EndOf(silence),
                        silence.GetProperty("mutes").GetRawText(), Text(silence, "createdBy"),
                        MatchersOf(silence),
                        Text(silence, "comment"));
                Console.Out.Write(table);
            });
    }

    private static Command Expire()
    {
        var id = new Argument<string>("SILENCE_ID")
            { Description = "The silence's id, or as much of its beginning as 'lepton silence list' shows" };
        return new Command("expire", "End a silence now") { id }
            .WithExamples(("lepton silence expire 0198c0de-…", "what it muted is sent again"))
            .WithApi(async (api, parsed, stop) =>
            {
                var silences = (await api.Get("api/v1/silences?all=true", stop)).GetProperty("silences").EnumerateArray().ToArray();
                var whole = IdStart.Only("silence", parsed.GetRequiredValue(id), silences.Select(silence => Text(silence, "id")));
                await api.Delete($"api/v2/silence/{Uri.EscapeDataString(whole)}", stop);
                Console.Out.WriteLine($"ended: {MatchersOf(silences.First(silence => Text(silence, "id") == whole))}");
            });
    }

    private static string EndOf(JsonElement silence)
    {
        var end = silence.GetProperty("endsAt").GetDateTimeOffset().UtcDateTime
            .ToString("MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return silence.TryGetProperty("quietPeriod", out var quiet) ? $"{end}, or {quiet.GetString()} after its alerts" : end;
    }

    private static string MatchersOf(JsonElement silence) =>
        SafeText.OneLine(string.Join(" ", MatcherJson.Read(silence.GetProperty("matchers").GetRawText())));

    private static string StateOf(JsonElement silence) => silence.GetProperty("status").GetProperty("state").GetString()!;

    private static string Text(JsonElement silence, string name) => SafeText.OneLine(silence.GetProperty(name).GetString() ?? "");
}
