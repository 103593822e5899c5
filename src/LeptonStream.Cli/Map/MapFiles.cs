using LeptonStream.Cli.CommandLine;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Topics;
using LeptonStream.Samples;
using FormatLimits = LeptonStream.Collector.Points.FormatLimits;

namespace LeptonStream.Cli.Map;

/// <summary>Maps payloads in files as if they came one after the other.</summary>
internal static class MapFiles
{
    public static MapTally Run(CollectorConfig config, SourceTopic source, IReadOnlyList<string> files, TimeSpan interval,
        IMapReport report)
    {
        using var run = new MapRun(WithFallback(config, source.Name), source, FormatLimits.Default);
        var tally = new MapTally();
        var now = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow);
        foreach (var file in files)
        {
            if (file != "-" && !File.Exists(file)) throw new WrongUsageException($"there is no file '{file}'");
            var payload = run.Map(file, Read(file), now);
            tally.Add(payload);
            report.Add(payload);
            now += interval;
        }

        report.End(tally, null);
        return tally;
    }

    // A page by itself often names no model: its scrape job would.
    private static CollectorConfig WithFallback(CollectorConfig config, string source)
    {
        var rules = config.For(source);
        var own = rules with { Fallback = rules.Fallback ?? source };
        return config with { Sources = new Dictionary<string, MappingRules>(config.Sources) { [source] = own } };
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
