using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LeptonStream.Cli.Backtest;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Settings;
using LeptonStream.Cli.Terminal;
using LeptonStream.Detection.Policies;
using LeptonStream.Detector;
using LeptonStream.Explanations;
using LeptonStream.Output;
using Microsoft.Extensions.Configuration;

namespace LeptonStream.Cli.SeriesView;

/// <summary><c>lepton series</c>.</summary>
internal static class SeriesCommand
{
    private const int MostCharts = 3;
    private static readonly TimeSpan Usual = TimeSpan.FromHours(6);

    public static Command Create()
    {
        var matchers = MatcherArgument.Create("Series whose model, metric and labels match all of these", ArgumentArity.ZeroOrMore);
        var since = DurationOption.Create("--since", "How far back to read and judge (default 6h)");
        var json = new Option<bool>("--json") { Description = "One JSON object a line for each series, with its points" };
        var command = new Command("series",
            "Look at series that no alert is about: newest values, band and score, judged from the metrics topic; up to three as charts")
            { matchers, since, json }
            .WithSettings("Kafka:BootstrapServers", "Kafka:TopicPrefix", "Detector:PoliciesFile")
            .WithExamples(
                ("lepton series model=llama-70b", "every series of a model, the most unusual first"),
                ("lepton series model=llama-70b metric=ttft_p99_ms --since 2h", "one metric, with its chart"));
        command.SetAction((parsed, stop) => KafkaTool.Run(parsed, kafka => Task.Run(() =>
        {
            var policies = LeptonSettings.Load(parsed).Configuration.GetSection(DetectorOptions.Section)["PoliciesFile"];
            var search = new SeriesSearch(kafka, BacktestCommand.Policies(policies) ?? PolicySet.Default,
                parsed.GetValue(matchers) ?? []);
            var length = parsed.GetValue(since) ?? Usual;
            var found = search.Run(DateTimeOffset.UtcNow - length, stop);
            if (parsed.GetValue(json)) foreach (var series in found) Console.Out.WriteLine(Json(series));
            else WriteText(found, search.Records, length);
            return ExitCode.Sound;
        }, stop)));
        return command;
    }

    private static void WriteText(IReadOnlyList<SeriesHistory> found, long records, TimeSpan length)
    {
        if (found.Count == 0)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"no such series in the last {ElapsedText.Of(length)}: "
                + $"{EnglishCount.Of(records, "record")} {(records == 1 ? "was" : "were")} read (--since reads further back)"));
            return;
        }

        var table = new TextTable("MODEL", "METRIC", "LABELS", TextTable.Column.Whole("LAST"), TextTable.Column.Number("VALUE"),
            TextTable.Column.Number("EXPECTED"), TextTable.Column.Whole("BAND"), TextTable.Column.Number("SCORE"),
            TextTable.Column.Number("WORST")) { Width = TextTable.TerminalWidth };
        foreach (var series in found)
        {
            var now = series.Newest;
            table.Add(SafeText.OneLine(series.Key.Model), SafeText.OneLine(series.Key.Metric),
                SafeText.OneLine(string.Join(", ", series.Key.Labels.Select(label => $"{label.Key}={label.Value}"))),
                now.Sample.Time.ToDateTimeOffset().ToString("MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                Text(now.Sample.Value), Text(now.Expected), double.IsFinite(now.Lower) ? $"{Text(now.Lower)} to {Text(now.Upper)}" : "-",
                Score(now.Score), Score(series.Worst));
        }

        Console.Out.Write(table);
        if (found.Count <= MostCharts)
            foreach (var series in found)
            {
                Console.Out.WriteLine($"\n{SafeText.OneLine(series.Key.ToString())}{(series.Unit is { } unit ? $" ({unit})" : "")}");
                SeriesChart.Write(Console.Out, series);
            }

        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\n{found.Count} series, judged again from {EnglishCount.Of(records, "record")} of the last {ElapsedText.Of(length)}. ")
            + "The running detector has known them for longer: its bands and scores may differ.");
        if (found.Count(series => series.IsOfRun) is > 0 and var ofRuns)
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{ofRuns} of them without score: the rules of their training run judge them, step by step; ")
                + "'lepton alerts' shows their findings.");
    }

    private static string Json(SeriesHistory series)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteString("model", series.Key.Model);
            writer.WriteString("metric", series.Key.Metric);
            writer.WriteStartObject("labels");
            foreach (var (name, value) in series.Key.Labels) writer.WriteString(name, value);
            writer.WriteEndObject();
            writer.WriteString("unit", series.Unit);
            if (series.IsOfRun) writer.WriteNull("score");
            else writer.WriteNumber("score", series.Newest.Score);
            // Epoch milliseconds, value, expected, lower, upper, score.
            writer.WriteStartArray("points");
            foreach (var point in series.Samples)
            {
                writer.WriteStartArray();
                writer.WriteNumberValue(point.Sample.Time.UnixMilliseconds);
                foreach (var number in (double[])[point.Sample.Value, point.Expected, point.Lower, point.Upper, point.Score])
                    if (double.IsFinite(number)) writer.WriteNumberValue(number);
                    else writer.WriteNullValue();
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static string Text(double value) => double.IsFinite(value) ? value.ToString("G5", CultureInfo.InvariantCulture) : "-";

    private static string Score(double score) => double.IsNaN(score) ? "-" : score.ToString("0.00", CultureInfo.InvariantCulture);
}
