using LeptonStream.Detection.Peers;

namespace LeptonStream.Explanations;

/// <summary>How a series stands among its siblings, in English.</summary>
internal static class EnglishPeerText
{
    /// <summary>What follows "it is": 31 % above its 7 siblings by rank: 12.9 s, beside them 9.8 s is usual.</summary>
    public static string Standing(in PeerVerdict peers, string? unit) =>
        $"{Away(peers)}: {Numbers.Show(peers.Value, unit)}, beside them {Numbers.Show(peers.Expected, unit)} is usual";

    /// <summary>What the comparison means.</summary>
    public static string Description(in PeerVerdict peers) =>
        $"Its siblings are the series that differ from it in {peers.Label} only. None of them is as far from the others, and what all of them go through is taken off.";

    /// <summary>What is said of the siblings where another detector is louder; empty where they have nothing to say.</summary>
    public static string Besides(AlertFacts story) => story.Peers is { } peers ? $" It is also {Standing(peers, story.Unit)}." : "";

    /// <summary>A share in percent, whole where it is large.</summary>
    public static string Percent(double share) => Numbers.Show(share < 0.1 ? 100 * share : Math.Round(100 * share));

    private static string Away(in PeerVerdict peers)
    {
        var side = peers.Score > 0 ? "above" : "below";
        var share = peers.Share is { } known ? $"{Percent(known)} % " : "";
        return $"{share}{side} its {peers.Siblings} siblings by {peers.Label}";
    }
}
