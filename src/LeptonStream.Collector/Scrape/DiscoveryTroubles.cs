namespace LeptonStream.Collector.Scrape;

/// <summary>What is wrong with the targets of one look for them.</summary>
internal sealed class DiscoveryTroubles
{
    private readonly Dictionary<string, int> _counts = [];
    private string? _first;
    private int _all;

    /// <summary>How many there are of each kind: pods, annotation, files, limit.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    /// <summary>The first in words, and the number of the others; null where there is none.</summary>
    public string? Words => _all <= 1 ? _first : $"{_first}; and {_all - 1} more";

    /// <summary>Adds one.</summary>
    /// <param name="kind">Its kind, as counters have it.</param>
    /// <param name="words">The trouble in plain words.</param>
    public void Add(string kind, string words)
    {
        _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        _first ??= words;
        _all++;
    }
}
