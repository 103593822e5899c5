using System.Runtime.InteropServices;
using LeptonStream.Forecasting;

namespace LeptonStream.State;

/// <summary>
/// The way of a struct's bytes from one shape to another. Fields are found by path and type; a new one begins as the struct does, one that
/// is gone is dropped. A number may have fewer digits now, and a profile fewer bytes.
/// </summary>
internal sealed class StructMove
{
    private readonly StructShape _from;
    private readonly StructShape _to;
    private readonly List<(int From, int To, int Bytes)> _runs = [];
    private readonly List<(StructField From, StructField To)> _profiles = [];
    private readonly List<(int From, int To)> _narrowed = [];

    /// <param name="name">What the struct is called, for messages.</param>
    /// <param name="from">The shape of the bytes that are read.</param>
    /// <param name="to">The shape that they are to have.</param>
    /// <exception cref="SnapshotCorruptException">A field of the same path has another type.</exception>
    public StructMove(string name, StructShape from, StructShape to)
    {
        (_from, _to) = (from, to);
        var before = from.Fields.ToDictionary(field => field.Path);
        foreach (var field in to.Fields)
        {
            // Its inner fields follow it.
            if (_profiles is [.., var (_, last)] && field.Path.StartsWith($"{last.Path}.", StringComparison.Ordinal)) continue;
            if (!before.Remove(field.Path, out var old)) Added.Add($"{name}.{field.Path}");
            else if (FormerProfile.Is(old, field)) _profiles.Add((old, field));
            else if (old.Type == nameof(Double) && field.Type == nameof(Single)) _narrowed.Add((old.Offset, field.Offset));
            else if (old.Type != field.Type)
                throw new SnapshotCorruptException($"{name}.{field.Path} is {old.Type} there and {field.Type} here");
            else if (field.Bytes > 0) Add(old.Offset, field.Offset, field.Bytes);
        }

        Dropped.AddRange(from.Fields.Where(field => before.ContainsKey(field.Path)).Select(field => $"{name}.{field.Path}"));
    }

    /// <summary>Fields that only the shape read for has.</summary>
    public List<string> Added { get; } = [];

    /// <summary>Fields that only the shape that is read has.</summary>
    public List<string> Dropped { get; } = [];

    /// <summary>Bytes of the shape that is read.</summary>
    public int FromBytes => _from.Bytes;

    /// <summary>Moves one struct.</summary>
    /// <param name="from">Its bytes.</param>
    /// <param name="to">As many bytes as the other shape has.</param>
    /// <exception cref="SnapshotCorruptException">It has another length than its shape.</exception>
    public void Move(ReadOnlySpan<byte> from, Span<byte> to)
    {
        if (from.Length != _from.Bytes || to.Length != _to.Bytes)
            throw new SnapshotCorruptException($"a block of {from.Length} bytes where {_from.Bytes} belong");
        _to.Fresh.CopyTo(to);
        foreach (var (start, end, bytes) in _runs) from.Slice(start, bytes).CopyTo(to[end..]);
        foreach (var (then, now) in _narrowed)
            MemoryMarshal.Write(to[now..], (float)Math.Clamp(MemoryMarshal.Read<double>(from[then..]), -float.MaxValue, float.MaxValue));
        foreach (var (then, now) in _profiles) FormerProfile.Read(from.Slice(then.Offset, then.Bytes), to[now.Offset..]);
    }

    // Neighbours move together.
    private void Add(int from, int to, int bytes)
    {
        if (_runs is [.., var last] && last.From + last.Bytes == from && last.To + last.Bytes == to)
            _runs[^1] = last with { Bytes = last.Bytes + bytes };
        else _runs.Add((from, to, bytes));
    }
}
