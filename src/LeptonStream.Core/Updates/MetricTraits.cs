using System.Buffers;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.State;

namespace LeptonStream.Updates;

/// <summary>The properties of a metric that a comparison of versions needs.</summary>
/// <param name="Metric">Its name as its producer wrote it.</param>
/// <param name="Canonical">Its canonical name; null where no preset knows it.</param>
/// <param name="Unit">Its unit (UCUM); null where nobody says it.</param>
/// <param name="Worse">1 where more is worse, −1 where less is, 0 where nobody says.</param>
/// <param name="IsMain">Whether it is a quality, a latency, an error rate or a cost.</param>
internal sealed record MetricTraits(string Metric, string? Canonical, string? Unit, int Worse, bool IsMain)
{
    private static readonly HashSet<string> MoreIsWorse = new(StringComparer.OrdinalIgnoreCase)
    {
        "cost", "costs", "price", "latency", "ttft", "tpot", "itl", "duration", "delay", "error", "errors", "failure", "failures",
        "toxicity", "hallucination", "hallucinations", "perplexity", "ppl", "wer", "cer", "mae", "mse", "rmse", "mape",
    };

    private static readonly HashSet<string> LessIsWorse = new(StringComparer.OrdinalIgnoreCase)
    {
        "accuracy", "precision", "recall", "auc", "auroc", "f1", "ndcg", "mrr", "bleu", "rouge", "bertscore", "quality", "correctness",
        "faithfulness", "relevance",
    };

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> MoreWords =
        MoreIsWorse.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> LessWords =
        LessIsWorse.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly SearchValues<char> Separators = SearchValues.Create("_.:/- ");

    /// <summary>
    /// The traits of a metric; null for one that says nothing of a version: a code, a distance of drift, a part of the data's quality, and
    /// rates of totals, which follow the share of the traffic that a version gets.
    /// </summary>
    public static MetricTraits? Of(string metric, SeriesPolicy policy)
    {
        if (policy.Type != MetricType.Gauge) return null;
        if (KindOf(policy) is MetricKind.DataDrift or MetricKind.DataQuality) return null;
        var worse = policy.Direction switch { Direction.Up => 1, Direction.Down => -1, _ => WorseByName(metric, policy) };
        return new(metric, policy.Preset?.Canonical, policy.Unit, worse, IsMainOf(metric, policy));
    }

    /// <summary>
    /// Whether a metric is a quality, a latency, an error rate or a cost. Allocates nothing: it is asked for every value.
    /// </summary>
    public static bool IsMainOf(string metric, SeriesPolicy policy) =>
        KindOf(policy) is MetricKind.Latency or MetricKind.Quality or MetricKind.Errors || WorseByName(metric, policy) != 0;

    private static MetricKind KindOf(SeriesPolicy policy) => policy.Preset?.Kind ?? MetricKind.Other;

    /// <summary>Writes them.</summary>
    public void Save(StateWriter state)
    {
        state.Write(Metric);
        state.Write(Canonical);
        state.Write(Unit);
        state.Write(Worse + 1);
        state.Write(IsMain);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no traits.</exception>
    public static MetricTraits Load(ref StateReader state) =>
        new(state.ReadName(), state.ReadText(), state.ReadText(), state.ReadCount(2) - 1, state.ReadBoolean());

    private static int WorseByName(string metric, SeriesPolicy policy)
    {
        if (policy.Preset is not null) return 0;
        foreach (var word in metric.AsSpan().SplitAny(Separators))
        {
            if (MoreWords.Contains(metric.AsSpan()[word])) return 1;
            if (LessWords.Contains(metric.AsSpan()[word])) return -1;
        }

        return 0;
    }
}
