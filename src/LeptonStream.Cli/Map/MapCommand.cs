using System.CommandLine;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Settings;
using LeptonStream.Collector;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Points;
using LeptonStream.Collector.Topics;
using LeptonStream.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LeptonStream.Cli.Map;

/// <summary><c>lepton map</c>.</summary>
internal static class MapCommand
{
    private const int UsualRecords = 100;
    private const int MostRecords = 100_000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    public static Command Create()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Payloads of one source in the order in which they came, compressed or not; - is the standard input",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var topic = new Option<string?>("--topic")
            { Description = "Records of this topic in place of files, as the collector reads them; commits nothing", HelpName = "NAME" };
        var records = new Option<int?>("--records")
        {
            Description = $"How many records of the topic, at most {MostRecords} (default: the newest {UsualRecords})",
            HelpName = "COUNT",
        };
        var fromStart = new Option<bool>("--from-start") { Description = "The oldest records of the topic, not the newest" };
        var format = new Option<string?>("--format")
        {
            Description = "Their format (default: by the header content-type or their look); a wrong name lists all",
            HelpName = "FORMAT",
        };
        var source = new Option<string?>("--source")
        {
            Description = "The source of files, as 'sources' of collector.yaml has it; also the model where nothing names one "
                + "(default: map)",
            HelpName = "NAME",
        };
        var interval = DurationOption.Create("--interval",
            "Time between files that say no times, such as /metrics pages (default: 15s)");
        var json = new Option<bool>("--json") { Description = "A line of JSON for each sample, drop and summary" };
        var command = new Command("map", "Show the samples that payloads of other programs become, and what is dropped and why")
            { files, topic, records, fromStart, format, source, interval, json };
        command.Validators.Add(result =>
        {
            var isOfTopic = result.GetResult(topic) is not null;
            if (isOfTopic == (result.GetResult(files)?.Tokens.Count > 0)) result.AddError("'map' needs files, or a --topic: one of them");
            var where = isOfTopic ? "files, and not for a --topic" : "a --topic, and not for files";
            foreach (var option in isOfTopic ? (Option[])[source, interval] : [records, fromStart])
                if (result.GetResult(option) is { Implicit: false }) result.AddError($"'{option.Name}' is for {where}");
        });
        records.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > MostRecords) result.AddError($"--records must be from 1 to {MostRecords}");
        });
        command.WithSettings("Kafka:BootstrapServers", "Collector:ConfigFile").WithExamples(
            ("curl -s vllm:8000/metrics | lepton map -", "the samples of a page; rates need a second page"),
            ("lepton map first.prom second.prom --collector-config collector.yaml", "two pages 15 seconds apart, with your own mapping"),
            ("lepton map --topic telegraf --bootstrap-servers kafka:9092", "what the newest records of a topic become"));
        command.SetAction((parsed, stop) =>
        {
            var report = parsed.GetValue(json) ? (IMapReport)new JsonMapReport(Console.Out) : new TextMapReport(Console.Out);
            var wanted = FormatOf(parsed.GetValue(format));
            if (parsed.GetValue(topic) is { } name)
                return KafkaTool.Run(parsed, kafka => Task.Run(() =>
                {
                    var options = OptionsOf(parsed, (services, configuration) => services.AddCollector(configuration));
                    var read = new TopicRecords(kafka, name, parsed.GetValue(records) ?? UsualRecords, parsed.GetValue(fromStart));
                    var isOwn = TopicNames.Of(kafka).All.Contains(name);
                    return CodeOf(MapTopic.Run(options, ConfigOf(options), name, wanted, read, report, isOwn, stop));
                }, stop));
            var config = ConfigOf(OptionsOf(parsed, (_, _) => { }));
            var from = new SourceTopic(parsed.GetValue(source) ?? "map", wanted, FromEnd: false);
            return Task.FromResult(CodeOf(MapFiles.Run(
                config, from, parsed.GetValue(files)!, parsed.GetValue(interval) ?? Interval, report)));
        });
        return command;
    }

    private static CollectorOptions OptionsOf(ParseResult parsed, Action<IServiceCollection, IConfiguration> register)
    {
        var settings = LeptonSettings.Load(parsed);
        settings.Check(services => register(services, settings.Configuration));
        return settings.Configuration.GetSection(CollectorOptions.Section).Get<CollectorOptions>() ?? new();
    }

    private static CollectorConfig ConfigOf(CollectorOptions options)
    {
        if (options.ConfigFile is not { Length: > 0 } path) return CollectorConfig.Default;
        return CollectorFile.Read(path, out var errors) ?? throw new WrongUsageException(errors);
    }

    private static string? FormatOf(string? name)
    {
        string[] known = [.. new FormatCatalog().Names];
        if (name is null || known.Contains(name)) return name;
        throw new WrongUsageException($"--format is '{name}': there are {string.Join(", ", known)}");
    }

    private static int CodeOf(MapTally tally) => tally.Samples > 0 ? ExitCode.Sound : ExitCode.Failed;
}
