using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace LeptonStream.Collector.Intake;

/// <summary>
/// All sources that have sent within some hours. Their number is bounded: anybody can think up names. Those that are silent make room.
/// </summary>
internal sealed class IntakeSources(IOptions<CollectorOptions> options, TimeProvider time)
{
    private const int MostSources = 10_000;
    private const int LongestName = 150;

    // Its SourceSeries are free by then, and its debts are paid.
    private static readonly TimeSpan Memory = TimeSpan.FromHours(3);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, IntakeSource> _sources = [];
    private readonly Lock _looking = new();
    private long _looked = time.GetTimestamp();
    private readonly IntakeSource _others = new("others", options.Value, time);

    /// <summary>The name of a sender without token and tenant.</summary>
    public const string Anonymous = "anonymous";

    /// <summary>Whether a tenant header may be a name: printable ASCII without spaces, at most 150 characters.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && name.All(letter => letter is > ' ' and < '\u007f');

    /// <summary>The source of this name; beyond the number that is kept, all further ones share one.</summary>
    public IntakeSource Of(string name)
    {
        Forget();
        if (_sources.TryGetValue(name, out var known))
        {
            known.LastCame = time.GetTimestamp();
            return known;
        }

        return _sources.Count >= MostSources ? _others : _sources.GetOrAdd(name, each => new(each, options.Value, time));
    }

    private void Forget()
    {
        lock (_looking)
        {
            if (time.GetElapsedTime(_looked) < LookEvery) return;
            _looked = time.GetTimestamp();
        }

        foreach (var (name, source) in _sources)
            if (time.GetElapsedTime(source.LastCame) > Memory && source.Memory.Used == 0) _sources.TryRemove(name, out _);
    }
}
