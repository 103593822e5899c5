using System.Globalization;
using System.Text;

namespace LeptonStream.Backtest.Proposals;

/// <summary>Writes proposals as a file of detection policies.</summary>
internal static class ProposedPolicies
{
    /// <summary>The file, with the costs of the half that chose and of the half that decided beside each rule.</summary>
    public static string Text(TuningResult result)
    {
        var text = new StringBuilder("# Proposed from a recording by lepton tune: its first half chose, its second half decided.\n");
        var costs = result.Before.Zip(result.After).ToLookup(pair => pair.First.File.Name);
        SeriesProposal[] proposals = [.. result.Proposals.Where(proposal => proposal.Lines.Count > 0)];
        text.Append(proposals.Length > 0 ? "rules:\n" : "rules: []\n");
        foreach (var proposal in proposals)
        {
            var (before, after) = costs[proposal.Model].Single();
            for (var half = 0; half < 2; half++)
            {
                var (then, now) = (SeriesCosts.Of(before, half), SeriesCosts.Of(after, half));
                text.Append(CultureInfo.InvariantCulture, $"  # {(half == 0 ? "first" : "second")} half of the file: ")
                    .Append(CultureInfo.InvariantCulture, $"missed {then.Missed} → {now.Missed}, false {then.False} → {now.False}\n");
            }

            text.Append("  - matchers: [").AppendJoin(", ", proposal.Rule.Matchers.Select(matcher => Quoted($"{matcher}"))).Append("]\n");
            foreach (var (name, value) in proposal.Lines) text.Append("    ").Append(name).Append(": ").Append(value).Append('\n');
        }

        return text.ToString();
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
