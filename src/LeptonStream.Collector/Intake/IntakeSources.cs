using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace LeptonStream.Collector.Intake;

/// <summary>All sources that have sent so far. Their number is bounded: anybody can think up names.</summary>
internal sealed class IntakeSources(IOptions<CollectorOptions> options, TimeProvider time)
{
    private const int MostSources = 10_000;
    private const int LongestName = 150;

    private readonly ConcurrentDictionary<string, IntakeSource> _sources = [];
    private readonly IntakeSource _others = new("others", options.Value, time);

    /// <summary>The name of a sender without token and tenant.</summary>
    public const string Anonymous = "anonymous";

    /// <summary>Whether a tenant header may be a name: printable ASCII without spaces, at most 150 characters.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && name.All(letter => letter is > ' ' and < '\u007f');

    /// <summary>The source of this name; beyond the number that is kept, all further ones share one.</summary>
    public IntakeSource Of(string name)
    {
        if (_sources.TryGetValue(name, out var known)) return known;
        return _sources.Count >= MostSources ? _others : _sources.GetOrAdd(name, each => new(each, options.Value, time));
    }
}
