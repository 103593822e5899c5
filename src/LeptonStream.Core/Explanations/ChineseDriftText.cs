using LeptonStream.Drift;

namespace LeptonStream.Explanations;

/// <summary>The same as <see cref="EnglishDriftText"/> in Chinese.</summary>
internal static class ChineseDriftText
{
    /// <summary>A sentence; empty where nothing moved.</summary>
    public static string Moved(IReadOnlyList<DriftMove> moves) =>
        moves.Count == 0 ? "" : $"变化最大的部分：{string.Join("；", moves.Select(Part))}。";

    private static string Part(DriftMove move)
    {
        var unit = move.Dimension < 0 ? "1" : null;
        var (before, after) = Numbers.Pair(move.Before, move.After, unit);
        return $"{Name(move)}由 {before} {(move.After > move.Before ? "升至" : "降至")} {after}";
    }

    private static string Name(DriftMove move)
    {
        if (move.Dimension >= 0) return $"第 {move.Dimension} 维的均值";
        if (!move.IsRange) return move.Category is { } category ? $"“{DriftText.Short(category)}”" : "其余类别合计";
        if (move.From == move.To) return $"取值 {Numbers.Show(move.To)} ";
        if (double.IsNegativeInfinity(move.From)) return $"不高于 {Numbers.Show(move.To)} ";
        if (double.IsPositiveInfinity(move.To)) return $"高于 {Numbers.Show(move.From)} ";
        var (from, to) = Numbers.Pair(move.From, move.To, null);
        return $"{from} 至 {to} ";
    }
}
