using System.Globalization;
using System.Text;
using LeptonStream.Backtest;
using LeptonStream.Backtest.Proposals;
using LeptonStream.Cli.Terminal;

namespace LeptonStream.Cli.Backtest;

/// <summary>Writes for people what proposed policies change.</summary>
internal static class TuningReport
{
    public static string Text(TuningResult result)
    {
        var table = new TextTable("file", "proposal", "first half: missed, false", "second half: missed, false")
        {
            Width = TextTable.TerminalWidth,
        };
        foreach (var (before, after) in result.Before.Zip(result.After))
        {
            SeriesProposal[] own = [.. result.Proposals.Where(one => one.Model == before.File.Name && one.Lines.Count > 0)];
            if (own.Length == 0) continue;
            table.Add(before.File.Name, string.Join("; ", own.Select(one => Proposal(one, before.File.Metrics.Count))),
                Change(SeriesCosts.Of(before, 0), SeriesCosts.Of(after, 0)), Change(SeriesCosts.Of(before, 1), SeriesCosts.Of(after, 1)));
        }

        var text = new StringBuilder();
        var count = result.Proposals.Count(proposal => proposal.Lines.Count > 0);
        if (count > 0) text.Append(table).Append('\n');
        var (first, second) = (result.Total(0), result.Total(1));
        text.Append(CultureInfo.InvariantCulture, $"Proposals: {count} of {result.Proposals.Count} series. ")
            .Append("All files, missed events and false alerts: ")
            .Append(CultureInfo.InvariantCulture, $"first half {Change(first.Before, first.After)}, ")
            .Append(CultureInfo.InvariantCulture, $"second half {Change(second.Before, second.After)}.\n");
        text.Append("The first half chooses, the second half decides: a proposal that makes it worse is dropped. A missed event counts as ")
            .Append(CultureInfo.InvariantCulture, $"{HalfCost.FalseForMissed} false alerts");
        if (result.Before.Any(file => !file.HasTruth))
            text.Append("; where nothing is labelled, only alerts beyond twice the warning budget are false");
        return text.Append(".\n").ToString();
    }

    private static string Proposal(SeriesProposal one, int metrics) =>
        (metrics > 1 ? $"{one.Metric} " : "") + string.Join(", ", one.Lines.Select(line => $"{line.Name} {line.Value}"));

    private static string Change(HalfCost before, HalfCost after) =>
        string.Create(CultureInfo.InvariantCulture, $"{before.Missed} → {after.Missed}, {before.False} → {after.False}");
}
