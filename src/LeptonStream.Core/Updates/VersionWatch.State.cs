using System.Text;
using LeptonStream.Alerts;
using LeptonStream.State;

namespace LeptonStream.Updates;

/// <content>Its place in a snapshot.</content>
internal sealed partial class VersionWatch
{
    /// <summary>Writes everything a bit-equal copy needs, but the id.</summary>
    public void Save(StateWriter state)
    {
        state.Write(model);
        state.Write(Heard.UnixNanoseconds);
        Save(_now, state);
        Save(_next, state);
        state.Write(_isCompared);
        state.Write(Encoding.UTF8.GetString(_declared));
        state.Write(_declaredAt.UnixNanoseconds);
        state.Write(_checked);
        state.Write(_pairs.Count);
        foreach (var pair in _pairs)
        {
            state.Write(pair.From);
            state.Write(pair.To);
            state.Write(pair.LastBlock);
        }

        var open = _open is null ? [] : AlertEventJson.Write(_open);
        state.Write(open.Length);
        state.WriteRaw(open);
    }

    /// <summary>Reads what <see cref="Save(StateWriter)"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public static VersionWatch Load(UInt128 id, ref StateReader state)
    {
        var watch = new VersionWatch(id, state.ReadName())
        {
            Heard = new(state.ReadInt64()),
            _now = LoadVersion(ref state),
            _next = LoadVersion(ref state),
            _isCompared = state.ReadBoolean(),
            _declared = Encoding.UTF8.GetBytes(state.ReadName()),
            _declaredAt = new(state.ReadInt64()),
            _checked = state.ReadCount(int.MaxValue),
        };
        for (var left = state.ReadCount(MaxPairs); left > 0; left--)
            watch._pairs.Add(new(state.ReadName(), state.ReadName()) { LastBlock = state.ReadCount(int.MaxValue) });
        watch._open = LoadOpen(ref state);
        return watch._now is not null || watch._next is null ? watch : throw new SnapshotCorruptException("a version after none");
    }

    private static void Save(VersionHistory? version, StateWriter state)
    {
        state.Write(version is not null);
        version?.Save(state);
    }

    private static VersionHistory? LoadVersion(ref StateReader state) => state.ReadBoolean() ? VersionHistory.Load(ref state) : null;

    private static AlertEvent? LoadOpen(ref StateReader state)
    {
        var json = state.ReadRaw(state.ReadCount(SnapshotBlock.MaxBytes));
        if (json.IsEmpty) return null;
        return AlertEventJson.TryRead(json.ToArray(), out var open, out var error) && open!.ModelUpdate is not null
            ? open
            : throw new SnapshotCorruptException($"the alert of an update: {error ?? "it has none"}");
    }
}
