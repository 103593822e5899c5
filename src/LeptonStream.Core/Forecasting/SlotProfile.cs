using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LeptonStream.Forecasting;

/// <summary>
/// A value for each slot of a period, in steps of a 32,767th of the largest at least: two bytes each. The two between which the time lies
/// now are kept whole, since one sample moves them by less than a step; a slot is rounded when its time is over. All zeros at first.
/// </summary>
/// <typeparam name="TSlots">As many numbers of 16 bits as there are slots.</typeparam>
internal struct SlotProfile<TSlots>
    where TSlots : unmanaged
{
    // Room for twice the largest value, so that steps seldom widen.
    private const float Largest = short.MaxValue / 2;
    private const float Most = 1e37f;

    private TSlots _slots;
    private float _step;
    private float _first;
    private float _second;

    // One more than the slot of the first, so that 0 is none.
    private short _open;

    /// <summary>The profile of values that are known already.</summary>
    public static SlotProfile<TSlots> Of(ReadOnlySpan<float> values)
    {
        var profile = default(SlotProfile<TSlots>);
        for (var slot = 0; slot < values.Length; slot++) profile.Store(slot, values[slot]);
        return profile;
    }

    /// <summary>Its value at a time.</summary>
    public readonly double ValueAt(in Phase time) => ((1 - time.Share) * ValueOf(time.Slot)) + (time.Share * ValueOf(time.Next));

    /// <summary>Moves its value at a time.</summary>
    public void Add(in Phase time, double amount)
    {
        if (time.Slot + 1 != _open) Open(time);
        _first += (float)((1 - time.Share) * amount);
        _second += (float)(time.Share * amount);
    }

    private static int Count => Unsafe.SizeOf<TSlots>() / sizeof(short);

    private readonly int Second => _open == Count ? 0 : _open;

    private readonly float ValueOf(int slot) =>
        _open == 0 ? Steps(slot) : slot + 1 == _open ? _first : slot == Second ? _second : Steps(slot);

    private readonly float Steps(int slot) => _step * Unsafe.Add(ref Unsafe.As<TSlots, short>(ref Unsafe.AsRef(in _slots)), slot);

    private void Open(in Phase time)
    {
        var (first, second) = (ValueOf(time.Slot), ValueOf(time.Next));
        if (_open > 0)
        {
            Store(_open - 1, _first);
            Store(Second, _second);
        }

        (_first, _second, _open) = (first, second, (short)(time.Slot + 1));
    }

    private void Store(int slot, float value)
    {
        value = Math.Clamp(value, -Most, Most);
        var slots = MemoryMarshal.CreateSpan(ref Unsafe.As<TSlots, short>(ref _slots), Count);
        if (Math.Abs(value) > short.MaxValue * _step) Widen(slots, Math.Abs(value) / Largest);
        slots[slot] = _step > 0 ? (short)MathF.Round(value / _step) : (short)0;
    }

    private void Widen(Span<short> slots, float step)
    {
        var ratio = _step / step;
        foreach (ref var one in slots) one = (short)MathF.Round(one * ratio);
        _step = step;
    }
}
