using System.Runtime.InteropServices;
using LeptonStream.Series;

namespace LeptonStream.Collector.Scrape;

/// <summary>
/// Which targets of a job can be scraped. One that is down says so by its own <c>up</c>, from its second failure on; where most of a job
/// falls at once the cause is one, the job is lost, and the number of its targets is said in their place. Any thread may call it.
/// </summary>
internal sealed class JobReach
{
    // So many at once have one cause, be the job as large as it will. Chosen by hand, with the half beside it (ADR 0037).
    private const int Many = 10;

    private readonly Lock _lock = new();
    private readonly Dictionary<(Uri, LabelSet), Target> _targets = [];
    private int _held;
    private int _said;
    private int _everUp;
    private bool _isLost;

    /// <summary>The model of the series <c>up</c>; null while nothing was scraped.</summary>
    public string? Model { get; set; }

    /// <summary>Targets that are lost, of those that are scraped; zero lost while each says for itself.</summary>
    public (int Lost, int Targets) Count
    {
        get
        {
            lock (_lock) return (_isLost ? _held : 0, _targets.Count);
        }
    }

    /// <summary>Takes the outcome of a scrape.</summary>
    /// <returns>Whether the target says it by its own <c>up</c>.</returns>
    public bool Observe(ScrapeTarget target, bool isUp)
    {
        lock (_lock)
        {
            ref var state = ref CollectionsMarshal.GetValueRefOrAddDefault(_targets, (target.Url, target.Labels), out _);
            Take(state, -1);
            state = isUp ? new(0, IsSaid: false, WasUp: true) : state with { Failures = state.Failures + 1 };
            Take(state, 1);
            if (!isUp && !state.IsSaid && SaysItself(state))
            {
                Take(state, -1);
                state = state with { IsSaid = true };
                Take(state, 1);
            }

            _isLost = AreMany && (_isLost || state.Failures > 1);
            return isUp || state.IsSaid;
        }
    }

    /// <summary>The job has these targets from now on.</summary>
    public void Adopt(IEnumerable<ScrapeTarget> targets)
    {
        lock (_lock)
        {
            var wanted = targets.Select(target => (target.Url, target.Labels)).ToHashSet();
            foreach (var target in wanted) _targets.TryAdd(target, default);
            foreach (var (target, state) in _targets)
            {
                if (wanted.Contains(target)) continue;
                Take(state, -1);
                _targets.Remove(target);
            }

            _isLost &= AreMany;
        }
    }

    // Targets that have said that they are down are not counted again.
    private bool AreMany => _held >= 2 && (2 * _held > _targets.Count - _said || _held >= Many);

    // The others are asked in the interval between the first failure and the second. A target that never was up, while others are, is no
    // loss: it has gone from the fleet, and not from the list.
    private bool SaysItself(Target state) =>
        (!state.WasUp && _everUp > 0 && state.Failures > 1) || (!AreMany && (state.Failures > 1 || _targets.Count == 1));

    private void Take(Target state, int sign)
    {
        if (state is { Failures: > 0, IsSaid: false }) _held += sign;
        if (state.IsSaid) _said += sign;
        if (state.WasUp) _everUp += sign;
    }

    private readonly record struct Target(int Failures, bool IsSaid, bool WasUp);
}
