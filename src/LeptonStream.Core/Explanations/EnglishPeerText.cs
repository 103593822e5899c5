using LeptonStream.Detection.Peers;

namespace LeptonStream.Explanations;

/// <summary>The position of a series among its siblings, in English.</summary>
internal static class EnglishPeerText
{
    /// <summary>To follow "is": <c>27 °C above its 7 peers by gpu: 89 °C; its peers are at 62 °C</c>.</summary>
    public static string Standing(in PeerVerdict peers, string? unit)
    {
        var (value, expected) = Numbers.Pair(peers.Value, peers.Expected, unit);
        return $"{Away(peers, unit)} its {peers.Siblings} peers by {peers.Label}: {value}; its peers are at {expected}";
    }

    /// <summary>The meaning of the comparison.</summary>
    public static string Description(in PeerVerdict peers, string? unit) =>
        $"Only this {peers.Label} deviates; the other {peers.Siblings} are normal ({Numbers.Show(peers.Expected, unit)}). "
        + $"Peers differ from it in {peers.Label} only. A change that all of them share does not count.";

    /// <summary>The sentence about the siblings where another detector scores higher; empty where they are like it.</summary>
    public static string Besides(AlertFacts facts) => facts.Peers is { } peers ? $" It is also {Standing(peers, facts.Unit)}." : "";

    private static string Away(in PeerVerdict peers, string? unit)
    {
        var side = peers.Score > 0 ? "above" : "below";
        return DeviationText.Of(peers.Value, peers.Expected, unit)?.InEnglish() switch
        {
            null => side,
            var times when times.EndsWith("times", StringComparison.Ordinal) => $"at {times} the level of",
            var away => away,
        };
    }
}
