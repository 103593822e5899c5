using LeptonStream.Detection.Lifecycle;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Training;

/// <summary>
/// The sources that write a run, told apart by their steps: each source goes on where it was. A resume goes back and stays there; of two
/// jobs under one name each goes on from its own last step, again and again. Each source is judged by rules of its own, so that what
/// happens to one is not lost in the other.
/// </summary>
internal sealed class RunSources(TrainingPolicy policy)
{
    /// <summary>More jobs than this under one name are not told apart.</summary>
    public const int Max = 4;

    // A source goes on within so many usual strides of its last step, some rows lost.
    private const int ReachStrides = 4;

    // A jump ahead that may be another source.
    private const int JumpStrides = 16;

    // A source that did not come back is none.
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromMinutes(10);

    private readonly Source?[] _sources = [new(new(policy)), null, null, null];
    private int _active;

    /// <summary>The rules that judge the source at hand.</summary>
    public RunRules Active => _sources[_active]!.Rules!;

    /// <summary>Whether an alert of any source's rules is open.</summary>
    public bool HasOpen => Array.Exists(_sources, source => source?.Rules?.HasOpen == true);

    /// <summary>Finds whose row it is, and makes that source the active one.</summary>
    /// <param name="row">The row.</param>
    /// <param name="report">Takes the findings of sources that are forgotten.</param>
    /// <returns>Whether a source that was there before goes on.</returns>
    public bool Route(TrainingRow row, FindingReport report)
    {
        Forget(row.LogTime, report);
        var active = _sources[_active]!;
        var delta = row.Step - active.LastStep;
        if (!active.IsKnown || (delta >= 0 && delta <= ReachStrides * active.Rules!.Phase.Stride)) return false;
        if (Other(row.Step) is { } other)
        {
            Return(other);
            return true;
        }

        if (delta < 0 || delta > JumpStrides * active.Rules!.Phase.Stride) Branch(report);
        return false;
    }

    /// <summary>
    /// The newest event time of the source that a row seems to be of: the active one, or another that has rules of its own and goes on with
    /// it.
    /// </summary>
    public Timestamp LastTimeOf(TrainingRow row)
    {
        var delta = row.Step - _sources[_active]!.LastStep;
        var goesOn = delta >= 0 && delta <= ReachStrides * Active.Phase.Stride;
        return !goesOn && Other(row.Step) is { } other && _sources[other]!.Rules is { } rules ? rules.LastTime : Active.LastTime;
    }

    /// <summary>Notes the row's place for the active source.</summary>
    public void Note(TrainingRow row) => _sources[_active]!.Note(row);

    /// <summary>Begins the active source's rules afresh; the former ones are kept for a while, should their source go on.</summary>
    public void StartOver()
    {
        var rules = new RunRules(policy);
        foreach (var source in _sources)
            if (source is { Rules: null } && source.HandedTo == _active) source.Rules = Active;
        _sources[_active]!.Rules = rules;
    }

    /// <summary>Closes what is open of all sources.</summary>
    public void Close(FindingReport report, AlertChange reason)
    {
        foreach (var source in _sources) source?.Rules?.Close(report, reason);
    }

    public void Save(StateWriter state)
    {
        state.Write(_active);
        for (var i = 0; i < Max; i++)
        {
            state.Write(_sources[i] is not null);
            _sources[i]?.Save(state, OwnerOf(i), i);
        }
    }

    public void Load(ref StateReader state)
    {
        _active = state.ReadCount(Max - 1);
        for (var i = 0; i < Max; i++) _sources[i] = state.ReadBoolean() ? Source.Load(ref state, policy, _sources.AsSpan(0, i)) : null;
        if (_sources[_active]?.Rules is null) throw new SnapshotCorruptException("the active source of a training run has no rules");
    }

    // Sources that handed their rules to the same one may have got the same back: the first of them is their owner. −1 for none.
    private int OwnerOf(int source) =>
        _sources[source]!.Rules is { } rules ? Array.FindIndex(_sources, other => ReferenceEquals(other?.Rules, rules)) : -1;

    private int? Other(long step)
    {
        int? nearest = null;
        for (var i = 0; i < Max; i++)
        {
            if (i == _active || _sources[i] is not { } source) continue;
            var delta = step - source.LastStep;
            if (delta <= 0 || delta > ReachStrides * source.Stride) continue;
            if (nearest is not { } best || delta < step - _sources[best]!.LastStep) nearest = i;
        }

        return nearest;
    }

    // Steps that go back are a resume until their old source goes on: until then the rules go with the new steps.
    private void Branch(FindingReport report)
    {
        var place = Array.FindIndex(_sources, source => source is null);
        if (place < 0) place = Stalest();
        _sources[place]?.Rules?.Close(report, AlertChange.Superseded);
        var active = _sources[_active]!;
        _sources[place] = new(active.Rules);
        active.Rules = null;
        active.HandedTo = place;
        foreach (var source in _sources)
            if (source is { Rules: null } && source.HandedTo == _active) source.HandedTo = place;
        _active = place;
    }

    private void Return(int place)
    {
        var source = _sources[place]!;
        if (source.Rules is null && _sources[source.HandedTo] is { Rules: not null } holder)
        {
            // It takes its rules back; who had them in the meantime begins with none.
            source.Rules = holder.Rules;
            holder.Rules = new(policy);
        }

        source.Rules ??= new(policy);
        source.Rules.Phase.ReturnTo(source.LastStep);
        _active = place;
    }

    private int Stalest()
    {
        var stalest = -1;
        for (var i = 0; i < Max; i++)
            if (i != _active && (stalest < 0 || _sources[i]!.LastTime < _sources[stalest]!.LastTime)) stalest = i;
        return stalest;
    }

    private void Forget(Timestamp now, FindingReport report)
    {
        for (var i = 0; i < Max; i++)
        {
            if (i == _active || _sources[i] is not { } source || now - source.LastTime < ForgetAfter) continue;
            source.Rules?.Close(report, AlertChange.Superseded);
            _sources[i] = null;
        }
    }

    private sealed class Source(RunRules? rules)
    {
        /// <summary>Its rules; null while another source has it.</summary>
        public RunRules? Rules { get; set; } = rules;

        public int HandedTo { get; set; }

        public long LastStep { get; private set; } = long.MinValue;

        public long Stride { get; private set; } = 1;

        public Timestamp LastTime { get; private set; }

        public bool IsKnown => LastStep != long.MinValue;

        public static Source Load(ref StateReader state, TrainingPolicy policy, ReadOnlySpan<Source?> before)
        {
            var source = new Source(null)
            {
                HandedTo = state.ReadCount(Max - 1), LastStep = state.ReadInt64(), Stride = state.ReadInt64(),
                LastTime = new(state.ReadInt64()),
            };
            var owner = state.ReadInt32();
            if (owner == -1) return source;
            if (owner < 0 || owner > before.Length) throw new SnapshotCorruptException($"a source with the rules of source {owner}");
            if (owner < before.Length)
            {
                source.Rules = before[owner]?.Rules
                    ?? throw new SnapshotCorruptException($"a source with the rules of source {owner}, which has none");
                return source;
            }

            source.Rules = new(policy);
            source.Rules.Load(ref state);
            return source;
        }

        public void Note(TrainingRow row)
        {
            LastStep = row.Step;
            LastTime = row.LogTime;
            if (Rules is not null) Stride = Rules.Phase.Stride;
        }

        public void Save(StateWriter state, int owner, int own)
        {
            state.Write(HandedTo);
            state.Write(LastStep);
            state.Write(Stride);
            state.Write(LastTime.UnixNanoseconds);
            state.Write(owner);
            if (owner == own) Rules!.Save(state);
        }
    }
}
