using LeptonStream.Drift;

namespace LeptonStream.Explanations;

/// <summary>The parts of a distribution that moved most, in English.</summary>
internal static class EnglishDriftText
{
    /// <summary>A sentence with a space before it; empty where nothing moved.</summary>
    public static string Moved(IReadOnlyList<DriftMove> moves) =>
        moves.Count == 0 ? "" : $" Moved most: {string.Join("; ", moves.Select(Part))}.";

    private static string Part(DriftMove move)
    {
        var unit = move.Dimension < 0 ? "1" : null;
        var (before, after) = Numbers.Pair(move.Before, move.After, unit);
        return $"{Name(move)} from {before} to {after}";
    }

    private static string Name(DriftMove move)
    {
        if (move.Dimension >= 0) return $"mean of dimension {move.Dimension}";
        if (!move.IsRange) return move.Category is { } category ? $"'{DriftText.Short(category)}'" : "all other categories";
        if (move.From == move.To) return Numbers.Show(move.To);
        if (double.IsNegativeInfinity(move.From)) return $"up to {Numbers.Show(move.To)}";
        if (double.IsPositiveInfinity(move.To)) return $"above {Numbers.Show(move.From)}";
        var (from, to) = Numbers.Pair(move.From, move.To, null);
        return $"{from} to {to}";
    }
}
