using System.CommandLine;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Points;
using LeptonStream.Samples;
using FormatLimits = LeptonStream.Collector.Points.FormatLimits;

namespace LeptonStream.Cli.Map;

/// <summary><c>lepton map</c>.</summary>
internal static class MapCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    public static Command Create()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Payloads of one source in the order in which they came, compressed or not; - is the standard input",
            Arity = ArgumentArity.OneOrMore,
        };
        var format = new Option<string?>("--format")
            { Description = "Their format (default: by their look); a wrong name lists all", HelpName = "FORMAT" };
        var config = new Option<string?>("--config") { Description = "The collector's mapping: collector.yaml", HelpName = "FILE" };
        var source = new Option<string>("--source")
        {
            Description = "The source as 'sources' of collector.yaml has it; also the model where nothing names one",
            HelpName = "NAME",
            DefaultValueFactory = _ => "map",
        };
        var interval = DurationOption.Create("--interval",
            "Time between payloads that say no times, such as /metrics pages (default: 15s)");
        var json = new Option<bool>("--json") { Description = "A line of JSON for each sample, drop and summary" };
        var command = new Command("map", "Show the samples that payloads of other programs become, and what is dropped and why")
            { files, format, config, source, interval, json }
            .WithExamples(
                ("curl -s vllm:8000/metrics | lepton map -", "the samples of a page; rates need a second page"),
                ("lepton map first.prom second.prom --config collector.yaml", "two pages 15 seconds apart, with your own mapping"));
        command.SetAction(parsed =>
        {
            var name = parsed.GetValue(source)!;
            var mapper = new PointMapper(WithFallback(ConfigOf(parsed.GetValue(config)), name));
            using var run = new MapRun(mapper, new SourceContext(name), parsed.GetValue(format));
            var report = parsed.GetValue(json) ? (IMapReport)new JsonMapReport(Console.Out) : new TextMapReport(Console.Out);
            var now = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow);
            foreach (var (file, payload) in Payloads(parsed.GetValue(files)!))
            {
                report.Add(file, run.Map(payload, now));
                now += parsed.GetValue(interval) ?? Interval;
            }

            report.End();
            return report.SampleCount > 0 ? ExitCode.Sound : ExitCode.Failed;
        });
        return command;
    }

    private static CollectorConfig ConfigOf(string? path)
    {
        if (path is null) return CollectorConfig.Default;
        return CollectorFile.Read(path, out var errors) ?? throw new WrongUsageException(errors);
    }

    // A page by itself often names no model: its scrape job would.
    private static CollectorConfig WithFallback(CollectorConfig config, string source)
    {
        var rules = config.For(source);
        var own = rules with { Fallback = rules.Fallback ?? source };
        return config with { Sources = new Dictionary<string, MappingRules>(config.Sources) { [source] = own } };
    }

    private static IEnumerable<(string Name, byte[] Payload)> Payloads(IReadOnlyList<string> files)
    {
        foreach (var file in files)
        {
            if (file != "-" && !File.Exists(file)) throw new WrongUsageException($"there is no file '{file}'");
            yield return (file, Read(file));
        }
    }

    // Not more than a format would take.
    private static byte[] Read(string file)
    {
        using var stream = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
        var most = FormatLimits.Default.Bytes;
        using var content = new MemoryStream();
        var chunk = new byte[81_920];
        for (int read; content.Length <= most && (read = stream.Read(chunk)) > 0;) content.Write(chunk, 0, read);
        return content.ToArray();
    }
}
