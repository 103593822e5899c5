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
    private Numbers _standing;
    private Numbers _new;
    private bool _hasBegun;
    private bool _isLost;

    /// <summary>The model of the series <c>up</c>; null while nothing was scraped.</summary>
    public string? Model { get; set; }

    /// <summary>Targets that are lost, of those that are scraped; zero lost while each says for itself.</summary>
    public (int Lost, int Targets) Count
    {
        get
        {
            lock (_lock) return (_isLost ? Counted.Held : 0, _targets.Count);
        }
    }

    /// <summary>Takes the outcome of a scrape.</summary>
    /// <returns>Whether the target says it by its own <c>up</c>.</returns>
    public bool Observe(ScrapeTarget target, bool isUp)
    {
        lock (_lock)
        {
            ref var state = ref CollectionsMarshal.GetValueRefOrAddDefault(_targets, (target.Url, target.Labels), out var isKnown);
            if (isKnown) Take(state, -1);
            state = isUp ? new(0, IsSaid: false, Stands: true) : state with { Failures = state.Failures + 1 };
            Take(state, 1);
            if (!isUp && !state.IsSaid && SaysItself(state))
            {
                Take(state, -1);
                state = state with { IsSaid = true };
                Take(state, 1);
            }

            _isLost = AreMany && (_isLost || state is { Failures: > 1, IsSaid: false });
            return isUp || state.IsSaid;
        }
    }

    /// <summary>The job has these targets from now on.</summary>
    public void Adopt(IEnumerable<ScrapeTarget> targets)
    {
        lock (_lock)
        {
            var wanted = targets.Select(target => (target.Url, target.Labels)).ToHashSet();
            // Those of the start may have been up before it.
            var added = new Target(0, IsSaid: false, Stands: !_hasBegun && wanted.Count > 0);
            _hasBegun |= wanted.Count > 0;
            foreach (var target in wanted)
                if (_targets.TryAdd(target, added)) Take(added, 1);
            foreach (var (target, state) in _targets)
            {
                if (wanted.Contains(target)) continue;
                Take(state, -1);
                _targets.Remove(target);
            }

            _isLost &= AreMany;
        }
    }

    // While some stand, those that came later and never were up are no loss: they have not begun yet.
    private Numbers Counted => _standing.All > 0 ? _standing : _new;

    // Targets that have said that they are down are not counted again.
    private bool AreMany => Counted is var (all, held, said) && held >= 2 && (2 * held > all - said || held >= Many);

    // The others are asked in the interval between the first failure and the second.
    private bool SaysItself(Target state) =>
        (!state.Stands && _standing.All > 0 && state.Failures > 1) || (!AreMany && (state.Failures > 1 || _targets.Count == 1));

    private void Take(Target state, int sign)
    {
        ref var numbers = ref state.Stands ? ref _standing : ref _new;
        var isHeld = state is { Failures: > 0, IsSaid: false };
        numbers = new(numbers.All + sign, numbers.Held + (isHeld ? sign : 0), numbers.Said + (state.IsSaid ? sign : 0));
    }

    private readonly record struct Numbers(int All, int Held, int Said);

    // It stands where it was up, or was there when the collector started.
    private readonly record struct Target(int Failures, bool IsSaid, bool Stands);
}
