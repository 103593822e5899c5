namespace LeptonStream.Explanations;

/// <summary>A part of the quality of data.</summary>
/// <param name="Name">Its name: the metric behind <c>lepton.quality.</c>.</param>
/// <param name="Value">From 0 (bad) to 1.</param>
internal readonly record struct QualityPart(string Name, double Value);

/// <summary>The parts that make the quality of data low, in both languages.</summary>
internal static class QualityText
{
    private static readonly Dictionary<string, string> Chinese = new(StringComparer.Ordinal)
    {
        ["completeness"] = "完整度", ["freshness"] = "新鲜度", ["timeliness"] = "及时性", ["uniqueness"] = "唯一性", ["order"] = "顺序性",
        ["clock"] = "时钟", ["stability"] = "稳定性", ["validity"] = "有效性",
    };

    /// <summary>A sentence or two with a space before them; empty where no part is known.</summary>
    public static string InEnglish(IReadOnlyList<QualityPart> parts) => parts.Count == 0 || parts[0].Name == LostTargets.All ? ""
        : $" Lowest parts: {string.Join(", ", parts.Select(part => $"{part.Name} {Share(part)}"))}."
        + " This alert is about how the data arrive. It says nothing about the model itself.";

    /// <summary>The same in Chinese.</summary>
    public static string InChinese(IReadOnlyList<QualityPart> parts) => parts.Count == 0 || parts[0].Name == LostTargets.All ? ""
        : $"最低的分项：{string.Join("、", parts.Select(part => $"{Chinese.GetValueOrDefault(part.Name, part.Name)} {Share(part)}"))}。"
        + "这反映的是数据采集，并不表示模型本身有问题。";

    private static string Share(QualityPart part) => Numbers.Show(part.Value, "1");
}
