using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LeptonStream.Cli.Backtest.Training;
using LeptonStream.Cli.Terminal;

namespace LeptonStream.Cli.Backtest;

/// <summary>Tells what a backtest found: tables for people, one object for programs.</summary>
internal static class BacktestReport
{
    private const int SkippedShown = 3;
    private static readonly string[] Counts = ["series", "events", "found", "precision", "recall", "F1", "false/day"];
    private static readonly JsonWriterOptions Writing = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text(BacktestResult result)
    {
        var text = new StringBuilder();
        if (result.Training is { } training) TrainingReport.Append(text, training);
        if (result.Files.Count > 0) AppendFiles(text, result);
        foreach (var (_, reason) in result.Skipped.Take(SkippedShown)) text.Append(CultureInfo.InvariantCulture, $"skipped: {reason}\n");
        if (result.Skipped.Count > SkippedShown) text.Append(CultureInfo.InvariantCulture, $"skipped: {result.Skipped.Count - SkippedShown} more (all in --json)\n");
        return text.ToString();
    }

    private static void AppendFiles(StringBuilder text, BacktestResult result)
    {
        var files = Table("file");
        foreach (var (_, file) in result.PerFile) Add(files, file);
        text.Append(files).Append('\n');
        var families = Table("family");
        foreach (var family in result.Families) Add(families, family);
        Add(families, result.Total);
        text.Append(families).Append('\n');
        foreach (var unlabelled in result.Files.Where(f => !f.HasTruth))
            text.Append(CultureInfo.InvariantCulture, $"no labels: {unlabelled.File.Path} ({RowRange.Of(unlabelled.Series.Alarms, 0, EventMetrics.MergeGap).Count} alarm episodes)\n");
        AppendNab(text, "by the score of every row", result.Nab);
        AppendNab(text, "by the rows in which an alarm begins", result.NabByAlarms);
        text.Append(CultureInfo.InvariantCulture, $"{result.Samples:N0} samples of {result.Files.Count} files in {result.Elapsed.TotalSeconds:F1} s. ")
            .Append("An event is detected when an alarm row lies in it; alarm rows at most ")
            .Append(CultureInfo.InvariantCulture, $"{EventMetrics.MergeGap} rows apart are one episode; warm-up (15 %, at most 750 rows) and train parts don't count.\n");
    }

    public static void WriteJson(BacktestResult result, Stream output)
    {
        using var json = new Utf8JsonWriter(output, Writing);
        json.WriteStartObject();
        json.WriteStartObject("families");
        foreach (var family in result.Families) Write(json, family);
        json.WriteEndObject();
        json.WriteStartObject("files");
        foreach (var (_, file) in result.PerFile) Write(json, file);
        json.WriteEndObject();
        Write(json, result.Total);
        WriteNab(json, "nab", result.Nab);
        WriteNab(json, "nabByAlarms", result.NabByAlarms);
        if (result.Training is { } training) TrainingReport.Write(json, training);
        json.WriteStartArray("skipped");
        foreach (var (path, reason) in result.Skipped)
        {
            json.WriteStartObject();
            json.WriteString("file", path);
            json.WriteString("reason", reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("samples", result.Samples);
        json.WriteNumber("seconds", result.Elapsed.TotalSeconds);
        json.WriteEndObject();
    }

    /// <summary>The numbers of one file, folder or everything, as a member of that name.</summary>
    public static void Write(Utf8JsonWriter json, FamilyResult family)
    {
        var events = family.Events;
        json.WriteStartObject(family.Name);
        json.WriteNumber("series", events.Series);
        json.WriteNumber("events", events.Events);
        json.WriteNumber("detected", events.Detected);
        Number("precision", events.Precision);
        Number("recall", events.Recall);
        Number("f1", events.F1);
        Number("falseEpisodesPerSeriesDay", events.FalseEpisodesPerSeriesDay);
        json.WriteStartObject("recallAt");
        for (var i = 0; i < FamilyResult.Budgets.Length; i++) Number(FamilyResult.Budgets[i].ToString(CultureInfo.InvariantCulture), family.RecallAt[i]);
        json.WriteEndObject();
        Number("medianDelaySamples", events.MedianDelaySamples);
        Number("p95DelaySamples", events.P95DelaySamples);
        WriteNab(json, "nab", family.Nab);
        Number("vusPr", family.Areas.VusPr);
        Number("aucPr", family.Areas.AucPr);
        json.WriteEndObject();

        void Number(string name, double? value)
        {
            if (value is { } number) json.WriteNumber(name, number);
            else json.WriteNull(name);
        }
    }

    private static void AppendNab(StringBuilder text, string how, IReadOnlyList<NabScore> scores)
    {
        if (scores.Count == 0) return;
        text.Append(CultureInfo.InvariantCulture, $"NAB {how} (causal; one threshold chosen on the corpus, as NAB does): ")
            .AppendJoin(", ", scores.Select(n => string.Create(CultureInfo.InvariantCulture, $"{n.Profile.Name} {n.Normalised:F2}"))).Append('\n');
    }

    public static void WriteNab(Utf8JsonWriter json, string name, IReadOnlyList<NabScore> scores)
    {
        if (scores.Count == 0) return;
        json.WriteStartObject(name);
        foreach (var score in scores) json.WriteNumber(score.Profile.Key, score.Normalised);
        json.WriteEndObject();
    }

    private static TextTable Table(string first)
    {
        TextTable.Column[] columns =
        [
            first, .. Counts.Select(TextTable.Column.Number),
            .. FamilyResult.Budgets.Select(b => TextTable.Column.Number(string.Create(CultureInfo.InvariantCulture, $"recall@{b}"))),
            TextTable.Column.Number("delay"), TextTable.Column.Number("AUC-PR"), TextTable.Column.Number("VUS-PR"),
        ];
        return new(columns);
    }

    private static void Add(TextTable table, FamilyResult family)
    {
        var events = family.Events;
        table.Add(
        [
            family.Name, Whole(events.Series), Whole(events.Events), Whole(events.Detected), Share(events.Precision), Share(events.Recall), Share(events.F1),
            Share(events.FalseEpisodesPerSeriesDay), .. family.RecallAt.Select(Share), events.MedianDelaySamples is { } delay ? Whole(delay) : "–",
            Share(family.Areas.AucPr), Share(family.Areas.VusPr),
        ]);
    }

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Share(double? value) => value is { } share ? share.ToString("F2", CultureInfo.InvariantCulture) : "–";
}
