using LeptonStream.Detection.Peers;

namespace LeptonStream.Explanations;

/// <summary>The same as <see cref="EnglishPeerText"/> in Chinese.</summary>
internal static class ChinesePeerText
{
    /// <summary><c>比其余 7 块 GPU 高 27 °C：89 °C（其余约 62 °C）</c>.</summary>
    public static string Standing(in PeerVerdict peers, string? unit)
    {
        var (value, expected) = Numbers.Pair(peers.Value, peers.Expected, unit);
        return $"{Away(peers, unit)}：{value}（其余约 {expected}）";
    }

    public static string Description(in PeerVerdict peers, string? unit) =>
        $"与仅 {peers.Label} 标签不同的其余 {peers.Siblings} 个序列相比，只有它明显偏离，其余均正常（约 {Numbers.Show(peers.Expected, unit)}）；共同的变化已剔除。";

    public static string Besides(AlertFacts facts) => facts.Peers is { } peers ? $"该序列还{Standing(peers, facts.Unit)}。" : "";

    /// <summary>The word for a member of a group, with the space that Latin words need.</summary>
    public static string Member(string? label) => label switch
    {
        "gpu" => " GPU ",
        "rank" => " rank ",
        "host" or "node" or "hostname" => "主机",
        "replica" or "pod" => "副本",
        _ => "成员",
    };

    private static string Away(in PeerVerdict peers, string? unit)
    {
        var others = peers.Label switch
        {
            "gpu" => $"其余 {peers.Siblings} 块 GPU ",
            "rank" => $"其余 {peers.Siblings} 个 rank ",
            "host" or "node" or "hostname" => $"其余 {peers.Siblings} 台主机",
            _ => $"其余 {peers.Siblings} 个同类（按 {peers.Label} 区分）",
        };
        return DeviationText.Of(peers.Value, peers.Expected, unit)?.InChinese() switch
        {
            null => $"比{others}{(peers.Score > 0 ? "高" : "低")}",
            var times when times.EndsWith('倍') => $"为{others}的 {times}",
            var away => $"比{others}{away}",
        };
    }
}
