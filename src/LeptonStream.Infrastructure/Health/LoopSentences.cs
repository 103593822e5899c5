namespace LeptonStream.Health;

/// <summary>
/// Joins the sentences of several loops: one that all of them say stands there once, any other has the names of its loops before it.
/// </summary>
internal static class LoopSentences
{
    /// <param name="said">Sentences, each with the loop that says it, in the loops' order.</param>
    /// <param name="loops">Number of loops.</param>
    public static IEnumerable<string> Join(IEnumerable<(string Loop, string Sentence)> said, int loops) => said
        .GroupBy(one => one.Sentence, one => one.Loop)
        .Select(same => same.Count() == loops ? same.Key : $"{string.Join(", ", same)}: {same.Key}");
}
