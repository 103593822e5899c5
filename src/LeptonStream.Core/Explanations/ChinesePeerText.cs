using LeptonStream.Detection.Peers;

namespace LeptonStream.Explanations;

/// <summary>The same as <see cref="EnglishPeerText"/> in Chinese.</summary>
internal static class ChinesePeerText
{
    public static string Standing(in PeerVerdict peers, string? unit) =>
        $"{Away(peers)}：{Numbers.Show(peers.Value, unit)}，对照它们通常应为 {Numbers.Show(peers.Expected, unit)}";

    public static string Description(in PeerVerdict peers) =>
        $"同类序列与它仅 {peers.Label} 不同。其中没有一个像它这样偏离其余各个，共同的变化已被扣除。";

    public static string Besides(AlertFacts story) => story.Peers is { } peers ? $"该序列还{Standing(peers, story.Unit)}。" : "";

    private static string Away(in PeerVerdict peers)
    {
        var side = peers.Score > 0 ? "高于" : "低于";
        var share = peers.Share is { } known ? $" {EnglishPeerText.Percent(known)}%" : "";
        return $"{side}按 {peers.Label} 对照的 {peers.Siblings} 个同类{share}";
    }
}
