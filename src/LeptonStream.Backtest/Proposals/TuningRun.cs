using LeptonStream.Detection.Policies;

namespace LeptonStream.Backtest.Proposals;

/// <summary>
/// Proposes policies from a recording. Its first half chooses: setting by setting, a series keeps the value with which fewer events are
/// missed and fewer alerts are false. Its second half decides: a proposal that makes anything worse there is dropped.
/// </summary>
internal sealed class TuningRun(BacktestOptions options)
{
    // A rule for one false alert would be made for chance.
    private const int LeastGain = 3;

    private readonly PolicySet _base = options.Policies ?? PolicySet.Default;
    private readonly HashSet<string> _shared = new(StringComparer.Ordinal);

    /// <summary>Runs it.</summary>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="FileNotFoundException">There are no files.</exception>
    public TuningResult Run(CancellationToken stop)
    {
        var before = JudgedFiles.Under(options, _base, stop);
        SeriesProposal[] proposals =
            [.. before.SelectMany(file => file.File.Metrics.Select(metric => new SeriesProposal(file.File.Name, metric)))];
        // A rule names a file by its name: it would be for all files of that name.
        _shared.UnionWith(before.GroupBy(file => file.File.Name).Where(name => name.Count() > 1).Select(name => name.Key));
        Choose(proposals, before, PolicyDimension.Labelled, isLabelled: true, stop);
        Choose(proposals, before, PolicyDimension.Unlabelled, isLabelled: false, stop);
        var after = Hold(proposals, before, stop);
        return new(proposals, before, after);
    }

    private void Choose(
        SeriesProposal[] proposals, IReadOnlyList<BacktestFile> before, IReadOnlyList<PolicyDimension> dimensions, bool isLabelled,
        CancellationToken stop)
    {
        if (before.All(file => file.HasTruth != isLabelled)) return;
        var now = before;
        foreach (var dimension in dimensions)
        {
            var best = proposals.ToArray();
            var start = new int[proposals.Length];
            ForEach(now, (i, at, metric) => start[i] = SeriesCosts.Of(now[at], now[at], metric, half: 0).Total);
            int[] costs = [.. start];
            foreach (var value in dimension.Values)
            {
                SeriesProposal[] tried = [.. proposals.Select(proposal => proposal.With(dimension.Name, value))];
                var then = JudgedFiles.Under(options, Policies(tried), stop);
                ForEach(now, (i, at, metric) =>
                {
                    if (now[at].HasTruth != isLabelled || _shared.Contains(now[at].File.Name)) return;
                    var cost = SeriesCosts.Of(now[at], then[at], metric, half: 0).Total;
                    var least = proposals[i].Lines.Count == 0 ? LeastGain : 1;
                    if (cost < costs[i] && start[i] - cost >= least) (costs[i], best[i]) = (cost, tried[i]);
                });
            }

            if (best.SequenceEqual(proposals)) continue;
            best.CopyTo(proposals, 0);
            now = JudgedFiles.Under(options, Policies(proposals), stop);
        }
    }

    // Metrics of a file have their entity in common: a file is kept as it is, or dropped.
    private IReadOnlyList<BacktestFile> Hold(SeriesProposal[] proposals, IReadOnlyList<BacktestFile> before, CancellationToken stop)
    {
        while (true)
        {
            var after = JudgedFiles.Under(options, Policies(proposals), stop);
            HashSet<string> worse =
                [.. before.Zip(after).Where(pair => IsWorse(pair.First, pair.Second)).Select(pair => pair.First.File.Name)];
            var dropped = 0;
            for (var i = 0; i < proposals.Length; i++)
            {
                if (proposals[i].Lines.Count == 0 || !worse.Contains(proposals[i].Model)) continue;
                proposals[i] = proposals[i].Dropped();
                dropped++;
            }

            if (dropped == 0) return after;
        }
    }

    private static bool IsWorse(BacktestFile before, BacktestFile after) =>
        SeriesCosts.Of(after, half: 1).Total > SeriesCosts.Of(before, half: 1).Total;

    private PolicySet Policies(IEnumerable<SeriesProposal> proposals) =>
        _base.Behind([.. proposals.Where(proposal => proposal.Lines.Count > 0).Select(proposal => proposal.Rule)]);

    // Each metric of each file, in the order of the proposals.
    private static void ForEach(IReadOnlyList<BacktestFile> files, Action<int, int, string> act)
    {
        var i = 0;
        for (var at = 0; at < files.Count; at++)
            foreach (var metric in files[at].File.Metrics) act(i++, at, metric);
    }
}
