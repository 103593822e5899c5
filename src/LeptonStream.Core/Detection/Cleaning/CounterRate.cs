using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Cleaning;

/// <summary>
/// Turns the samples of a counter into rates: (x − x′)/(t − t′) per second between one sample and the next. 32 bytes.
/// A counter that fell has started again. How much it had counted when it did is unknown, so nothing is guessed: that sample is
/// refused, and so are those at which it still stands there, for as long as a service takes to start, and the first that leaves it.
/// </summary>
public sealed class CounterRate
{
    // A server of a large model takes minutes to load it; one that serves nothing for longer is alerted.
    private static readonly TimeSpan Restart = TimeSpan.FromMinutes(5);

    private double _value;
    private Timestamp _time;
    private Timestamp _resetAt;
    private bool _hasBegun;

    /// <summary>Converts a sample. Allocates nothing.</summary>
    /// <param name="sample">A sample of the counter. One that is no finite number passes as it is and is forgotten.</param>
    /// <param name="rate">The same sample with its rate per second as value; only set when it was not refused.</param>
    /// <returns>
    /// <see cref="SampleRefusal.None"/>; <see cref="SampleRefusal.CounterStart"/> for the first sample,
    /// <see cref="SampleRefusal.CounterReset"/> for one below its predecessor and for those of the next five minutes until it counts again,
    /// <see cref="SampleRefusal.Duplicate"/> or <see cref="SampleRefusal.OutOfOrder"/> for one that is not newer. The last two change
    /// nothing.
    /// </returns>
    public SampleRefusal Convert(in Sample sample, out Sample rate)
    {
        rate = sample;
        if (!double.IsFinite(sample.Value)) return SampleRefusal.None;
        if (!_hasBegun) return Begin(sample, SampleRefusal.CounterStart);
        if (sample.Time == _time) return SampleRefusal.Duplicate;
        if (sample.Time < _time) return SampleRefusal.OutOfOrder;
        if (sample.Value < _value) _resetAt = sample.Time;
        if (sample.Value < _value || HasJustRestarted(sample)) return Begin(sample, SampleRefusal.CounterReset);

        var seconds = sample.Time.SecondsSince(_time);
        rate = sample with { Value = Math.Min((sample.Value - _value) / seconds, double.MaxValue) };
        Begin(sample, SampleRefusal.None);
        return SampleRefusal.None;
    }

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Write(_hasBegun);
        state.Write(_value);
        state.Write(_time.UnixNanoseconds);
        state.Write(_resetAt.UnixNanoseconds);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        _hasBegun = state.ReadBoolean();
        _value = state.ReadDouble();
        _time = new(state.ReadInt64());
        _resetAt = new(state.ReadInt64());
    }

    // Whether the counter still stands at the value with which it started again, or just left it: then it holds the rush of those who
    // waited. One that counts by its second sample did not stand.
    private bool HasJustRestarted(in Sample sample)
    {
        if (_resetAt == Timestamp.Zero) return false;
        var (stood, stands) = (_time > _resetAt, sample.Value == _value && sample.Time - _resetAt <= Restart);
        if (!stands) _resetAt = Timestamp.Zero;
        return stands || (stood && sample.Value != _value);
    }

    private SampleRefusal Begin(in Sample sample, SampleRefusal refusal)
    {
        (_value, _time, _hasBegun) = (sample.Value, sample.Time, true);
        return refusal;
    }
}
