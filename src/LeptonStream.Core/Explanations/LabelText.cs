using LeptonStream.Series;

namespace LeptonStream.Explanations;

/// <summary>Labels behind a name; nothing where there are none.</summary>
internal static class LabelText
{
    /// <summary><c> (gpu=3, host=a)</c>.</summary>
    public static string InEnglish(LabelSet labels) => labels.Count == 0 ? "" : $" ({Joined(labels, ", ")})";

    /// <summary><c>（gpu=3，host=a）</c>.</summary>
    public static string InChinese(LabelSet labels) => labels.Count == 0 ? "" : $"（{Joined(labels, "，")}）";

    /// <summary>The same inside a sentence, where Latin words on both sides need a space if there are no labels.</summary>
    public static string InChineseOrSpace(LabelSet labels) => labels.Count == 0 ? " " : InChinese(labels);

    private static string Joined(LabelSet labels, string between) => string.Join(between, labels.Select(l => $"{l.Key}={l.Value}"));
}
