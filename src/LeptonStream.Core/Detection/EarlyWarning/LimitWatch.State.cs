using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Snapshots;
using LeptonStream.State;

namespace LeptonStream.Detection.EarlyWarning;

/// <content>The state of the watch in snapshots.</content>
public sealed partial class LimitWatch
{
    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Write((int)Phase);
        Alert.Save(state);
        state.Write(_onset.UnixNanoseconds);
        state.Write(Forecast.At.UnixNanoseconds);
        state.Write(Forecast.Earliest.UnixNanoseconds);
        state.Write(Forecast.Latest.UnixNanoseconds);
        state.Write(Urgency);
        state.Write(_publishedBucket);
        state.Write(_quietUntil);
        state.Write(_breaches);
        state.Write(_doubt);
        state.Write(_calm);
        state.Write(_reachedFrom);
        state.Write(_doubtful);
        state.Write(_riseLength);
        state.Write(_withdrawnUntil);
        _course.Save(state);
        _rise.Save(state);
    }

    /// <summary>Writes the limit too: a watch that has reported something outlives the policy that it came with.</summary>
    internal void SaveWhole(StateWriter state)
    {
        PolicyState.Save(Limit, state);
        Save(state);
    }

    /// <summary>Reads what <see cref="SaveWhole"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    internal static LimitWatch LoadWhole(ref StateReader state)
    {
        var watch = new LimitWatch(PolicyState.ReadLimit(ref state));
        watch.Load(ref state);
        return watch;
    }

    /// <summary>Reads what <see cref="Save"/> wrote on a watch of the same limit.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        var phase = state.TryReadEnum<LimitPhase>();
        Alert.Load(ref state);
        // Of a later version: a warning that has spoken must end as well.
        Phase = phase ?? (Alert.Phase == AlertPhase.Open ? LimitPhase.Warned : LimitPhase.Quiet);
        _onset = new(state.ReadInt64());
        Forecast = new(new(state.ReadInt64()), new(state.ReadInt64()), new(state.ReadInt64()));
        Urgency = state.ReadDouble();
        _publishedBucket = state.ReadInt64();
        _quietUntil = state.ReadInt64();
        _breaches = state.ReadCount(EnoughBreaches);
        _doubt = state.ReadCount(EnoughDoubt);
        _calm = state.ReadCount(EnoughCalm);
        _reachedFrom = state.ReadDouble();
        _doubtful = state.ReadCount(int.MaxValue);
        _riseLength = state.ReadInt64();
        _withdrawnUntil = state.ReadInt64();
        _course.Load(ref state);
        _rise.Load(ref state);
    }
}
