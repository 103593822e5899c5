using System.Globalization;
using LeptonStream.Cli.Terminal;
using LeptonStream.Collector.Mapping;
using LeptonStream.Collector.Points;
using LeptonStream.Explanations;
using LeptonStream.Output;
using LeptonStream.Samples;

namespace LeptonStream.Cli.Map;

/// <summary>Tables for people: samples series by series, then what became none and why.</summary>
internal sealed class TextMapReport(TextWriter output) : IMapReport
{
    private int _payloads;

    public void Add(MappedPayload payload)
    {
        if (_payloads++ > 0) output.WriteLine();
        var (points, mapped) = (payload.Points, payload.Mapped);
        output.WriteLine(SafeText.OneLine($"{payload.Name}: {payload.Format}, {EnglishCount.Of(points.Points.Length, "point")}, "
            + $"{EnglishCount.Of(mapped.SampleCount, "sample")} in {EnglishCount.Of(mapped.Messages.Length, "message")}"));
        WriteSamples(mapped);
        WriteOthers(mapped);
        WriteDropped(points, mapped);
    }

    public void End(MapTally tally, MappedTopic? topic)
    {
        if (topic is not null) WriteTopic(tally, topic);
        if (tally is { Samples: 0, Payloads: > 0 })
            output.WriteLine(tally.Unreadable < tally.Payloads
                ? "\nNothing came out: rates need a second payload, everything else a reason above."
                : $"\nNothing can be read. The formats are {string.Join(", ", new FormatCatalog().Names)}: --format names one.");
    }

    private void WriteTopic(MapTally tally, MappedTopic topic)
    {
        var (records, dropped) = (topic.Records, tally.Dropped.Values.Sum());
        output.WriteLine(tally.Payloads == 0 ? SafeText.OneLine($"{topic.Name} holds no records")
            : "\n" + SafeText.OneLine(string.Create(CultureInfo.InvariantCulture, $"{topic.Name}: {tally.Payloads} of "
                + $"{EnglishCount.Of(records.Count, "record")} in {EnglishCount.Of(records.Partitions, "partition")} became "
                + $"{EnglishCount.Of(tally.Samples, "sample")} of {tally.SeriesCount} series")));
        if (dropped > 0)
            output.WriteLine("dropped: " + string.Join(", ", tally.Dropped.Select(drop =>
                string.Create(CultureInfo.InvariantCulture, $"{drop.Value} {drop.Key}"))));
        if (tally.Unreadable > 0)
            output.WriteLine($"{EnglishCount.Of(tally.Unreadable, "record")} can't be read: the collector writes them to the dead letters");
        if (records.Undecoded > 0)
            output.WriteLine($"{EnglishCount.Of(records.Undecoded, "record")} can't be decoded: the collector skips them");
        if (records.IsCut) output.WriteLine("Fewer records than requested: more would take too much memory");
        foreach (var series in tally.Shared)
            output.WriteLine(SafeText.OneLine($"{series} comes from two partitions: records of one series need one key"));
        if (!topic.IsSource)
            output.WriteLine(SafeText.OneLine($"The collector does not read {topic.Name} yet: 'topics' of collector.yaml must name it"));
    }

    private void WriteSamples(MappedBatch mapped)
    {
        if (mapped.SampleCount == 0) return;
        var table = new TextTable(new("MODEL"), new("LABELS"), new("METRIC"), TextTable.Column.Number("VALUE"),
            TextTable.Column.Number("STEP"), TextTable.Column.Whole("TIME")) { Width = TextTable.TerminalWidth };
        foreach (ref readonly var message in mapped.Messages)
        {
            var (entity, time) = (message.Entity, new Timestamp(message.Time).ToString());
            var step = message.Step < 0 ? "" : message.Step.ToString(CultureInfo.InvariantCulture);
            foreach (ref readonly var sample in mapped.SamplesOf(message))
                table.Add(SafeText.OneLine(entity.Model), SafeText.OneLine(entity.Labels.Count == 0 ? "" : entity.Labels.ToString()),
                    SafeText.OneLine(sample.Series.Metric), sample.Value.ToString("G7", CultureInfo.InvariantCulture), step, time);
        }

        output.Write(table);
    }

    private void WriteOthers(MappedBatch mapped)
    {
        foreach (ref readonly var passed in mapped.Distributions) output.WriteLine(SafeText.OneLine($"distribution: {passed.Series}"));
        foreach (ref readonly var passed in mapped.Versions)
            output.WriteLine(SafeText.OneLine($"version: {passed.Entity} is {passed.Version}"));
        foreach (ref readonly var ended in mapped.Ended) output.WriteLine(SafeText.OneLine($"ended: {ended.Series}"));
    }

    // One line for each reason and detail: a family of a hundred series is left out for one reason.
    private void WriteDropped(PointBatch points, MappedBatch mapped)
    {
        var rows = new List<(string Reason, string What, string Why)>();
        foreach (ref readonly var refusal in points.Refusals) rows.Add(($"{refusal.Reason}", "", refusal.Detail));
        foreach (ref readonly var drop in mapped.Drops) rows.Add(($"{drop.Reason}", drop.Series, drop.Detail));
        if (rows.Count == 0) return;
        var table = new TextTable(new("DROPPED"), TextTable.Column.Number("POINTS"), new("WHY"), new("SUCH AS"))
            { Width = TextTable.TerminalWidth };
        foreach (var group in rows.GroupBy(row => (row.Reason, row.Why)))
            table.Add(group.Key.Reason, group.Count().ToString(CultureInfo.InvariantCulture), SafeText.OneLine(group.Key.Why),
                SafeText.OneLine(group.First().What));
        output.Write(table);
    }
}
