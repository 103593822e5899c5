using System.Numerics;
using LeptonStream.State;

namespace LeptonStream.Detectors.Forest;

/// <summary>
/// A sample of the rows that went by, the newer ones more likely: once it is full, a new row takes the place of a random one with
/// probability capacity/memory, so a row stays for <c>memory</c> rows on average (C. C. Aggarwal, On biased reservoir sampling in the
/// presence of stream evolution, VLDB 2006). Until that many have gone by, it is a uniform sample of all of them (J. S. Vitter, Random
/// sampling with a reservoir, 1985). A value takes a byte (<see cref="RowCode"/>).
/// </summary>
/// <param name="capacity">Rows.</param>
/// <param name="memory">Rows that go by until a remembered one is replaced, on average.</param>
internal sealed class RowReservoir(int capacity, int memory)
{
    private const int Least = 8;

    private sbyte[] _codes = [];
    private int _seen;

    /// <summary>Rows that are remembered.</summary>
    public int Count { get; private set; }

    /// <summary>Features of a row.</summary>
    public int Features { get; private set; }

    /// <summary>The remembered rows one after another, as codes.</summary>
    public ReadOnlySpan<sbyte> Codes => _codes.AsSpan(0, Count * Features);

    /// <summary>Takes a row in, or lets it go by.</summary>
    /// <param name="row">May be shorter than others, whose further features it then lacks.</param>
    /// <param name="random">Decides.</param>
    public void Offer(ReadOnlySpan<float> row, ref SplitMix64 random)
    {
        if (row.Length > Features) Widen(row.Length);
        if (_seen < int.MaxValue) _seen++;
        var slot = Count < capacity ? Count++ : random.Below(Math.Min(_seen, memory));
        if (slot >= capacity) return;
        if (_codes.Length < Count * Features) Array.Resize(ref _codes, RoomFor(Count) * Features);
        RowCode.Encode(row, _codes.AsSpan(slot * Features, Features));
    }

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        state.Write(Features);
        state.Write(Count);
        state.Write(_seen);
        foreach (var code in Codes) state.Write(BitConverter.SingleToInt32Bits(RowCode.ValueOf(code)));
    }

    /// <summary>Reads what <see cref="Save"/> wrote; of more rows than it remembers, as many as fit, evenly taken.</summary>
    /// <param name="state">The snapshot.</param>
    /// <param name="mostFeatures">More than that is no such state.</param>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state, int mostFeatures)
    {
        Features = state.ReadCount(mostFeatures);
        var written = state.ReadCount(Features == 0 ? 0 : PathLength.MaxRows);
        _seen = state.ReadCount(int.MaxValue);
        if (_seen < written) throw new SnapshotCorruptException($"{written} rows remembered of {_seen} seen");
        Count = Math.Min(written, capacity);
        _codes = new sbyte[RoomFor(Count) * Features];
        for (var row = 0; row < written; row++)
        {
            var place = row * Count / written;
            var isKept = (row + 1) * Count / written > place;
            for (var feature = 0; feature < Features; feature++)
            {
                var code = RowCode.Of(BitConverter.Int32BitsToSingle(state.ReadInt32()));
                if (isKept) _codes[(place * Features) + feature] = code;
            }
        }
    }

    // What is new must not wait until the old rows have gone by: from now on it is a uniform sample again, in which they count as no more
    // than they are.
    private void Widen(int features)
    {
        var wider = new sbyte[RoomFor(Count) * features];
        wider.AsSpan().Fill(RowCode.Missing);
        for (var row = 0; row < Count; row++) _codes.AsSpan(row * Features, Features).CopyTo(wider.AsSpan(row * features));
        (_codes, Features) = (wider, features);
        _seen = Count;
    }

    // Room for rows is doubled until all that are remembered have some.
    private int RoomFor(int rows) => Math.Min(capacity, (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(Least, rows)));
}
