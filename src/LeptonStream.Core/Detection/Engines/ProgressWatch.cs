using LeptonStream.Detection.Store;
using LeptonStream.Samples;
using LeptonStream.State;

namespace LeptonStream.Detection.Engines;

/// <summary>
/// Work and no progress: the rule for engines that hang. Requests run or wait, and no token, no step, no answer and no prompt has come for
/// longer than the engine usually pauses over work. Such a pause is a prefill, mostly: the longest one seen is waited for twice. One series
/// of each engine speaks, the first of tokens, steps and answers that ever moved. It speaks until progress is seen, or the engine began
/// again.
/// </summary>
internal sealed class ProgressWatch
{
    // All of these are chosen by hand, but where a source stands beside them.

    /// <summary>
    /// Pauses over work that were seen before their lengths are a habit. The next pause is longer than the longest of n with a probability
    /// of 1/(n + 1), whatever their distribution (order statistics); a factor of two beyond that is rare.
    /// </summary>
    private const int Known = 5;

    /// <summary>
    /// Least seconds without progress, of an engine whose pauses are known. A prefill of a million tokens, at five thousand a second, takes
    /// 200 s.
    /// </summary>
    private const double PatientSeconds = 300;

    /// <summary>Least seconds without progress, of one whose pauses are not known: three times as many, for a slow engine.</summary>
    private const double UnknownSeconds = 900;

    /// <summary>Most seconds: hangs that came one after the other must not hide the next for a day.</summary>
    private const double MostSeconds = 7200;

    // Of answers nothing is seen until they are whole.
    private const double AnswerFactor = 2;

    // Room for a pause longer than any that was seen (ALongPrefill_IsQuiet has one of nearly twice as long).
    private const double HabitFactor = 2;

    // A habit fades: of the longest pause, a fiftieth with each that ends, so that a half is left after 34.
    private const double Fade = 0.98;

    // No pause is seen between two samples that lie so far apart.
    private const double HoleIntervals = 5;
    private const double HoleSeconds = 300;
    private const int MinSamples = 3;
    private const long Nanoseconds = 1_000_000_000;

    private long _last;
    private long _since;
    private double _longest;
    private int _pauses;
    private int _samples;
    private bool _isHung;

    /// <summary>Whether it has ever shown progress: a counter that never moved counts something else.</summary>
    public bool HasShown { get; private set; }

    /// <summary>Event time since which there is no progress.</summary>
    public Timestamp Since => new(_since);

    /// <summary>Takes a sample of the series.</summary>
    /// <param name="series">The series: a rate, or a value above 0 while there is progress.</param>
    /// <param name="sample">The sample, finite.</param>
    /// <returns>Whether the engine hangs.</returns>
    public bool Hangs(SeriesState series, in Sample sample)
    {
        var now = sample.Time.UnixNanoseconds;
        var hole = Math.Max(HoleSeconds, HoleIntervals * series.IntervalSeconds);
        var isAfterHole = _last != 0 && (now - _last) / (double)Nanoseconds > hole;
        var before = _last == 0 || isAfterHole ? now : _last;
        _last = now;
        if (isAfterHole && !_isHung) Begin();
        HasShown |= sample.Value > 0;
        var engine = EngineView.Of(series);
        if (sample.Value > 0 || engine.HasProgress)
        {
            if (_since != 0) EndPause(now, series.Engine);
            Begin();
            return false;
        }

        if (_isHung) return true;
        if (!HasShown || !engine.Leads || !engine.IsWorkKnown) return false;
        if (engine.Work is null)
        {
            Begin();
            return false;
        }

        if (_since == 0) _since = before;
        _samples++;
        return _isHung = _samples >= MinSamples && (now - _since) / (double)Nanoseconds >= Patience(series.Engine);
    }

    /// <summary>The engine began again: what it did before says nothing.</summary>
    public void Restart() => Begin();

    /// <summary>The hang that goes on; null where there is none.</summary>
    public EngineHang? Hang(SeriesState series)
    {
        if (!_isHung) return null;
        var engine = EngineView.Of(series);
        return new(Since, engine.Work?.Metric, engine.Requests);
    }

    /// <summary>Writes everything a bit-equal copy needs.</summary>
    public void Save(StateWriter state)
    {
        state.Write(_last);
        state.Write(_since);
        state.Write(_longest);
        state.Write(_pauses);
        state.Write(_samples);
        state.Write(_isHung);
        state.Write(HasShown);
    }

    /// <exception cref="SnapshotCorruptException">The bytes are no such state.</exception>
    public void Load(ref StateReader state)
    {
        _last = state.ReadInt64();
        _since = state.ReadInt64();
        _longest = state.ReadFinite();
        _pauses = state.ReadCount(int.MaxValue);
        _samples = state.ReadCount(int.MaxValue);
        _isHung = state.ReadBoolean();
        HasShown = state.ReadBoolean();
    }

    private double Patience(EngineRole role)
    {
        var least = (_pauses >= Known ? PatientSeconds : UnknownSeconds) * (role == EngineRole.Answers ? AnswerFactor : 1);
        return Math.Clamp(HabitFactor * _longest, least, MostSeconds);
    }

    // One that was reported counts for as long as it was waited for: an engine that pauses so is waited for twice as long the next time,
    // and one that hung for hours is not.
    private void EndPause(long now, EngineRole role)
    {
        var seconds = (now - _since) / (double)Nanoseconds;
        _longest = Math.Max(Fade * _longest, _isHung ? Math.Min(seconds, Patience(role)) : seconds);
        if (_pauses < int.MaxValue) _pauses++;
    }

    private void Begin()
    {
        _since = 0;
        _samples = 0;
        _isHung = false;
    }
}

/// <summary>A hang of an engine.</summary>
/// <param name="Since">Event time since which there is no progress.</param>
/// <param name="Work">The metric that says that there is work; null where it says so no more.</param>
/// <param name="Requests">Its value.</param>
internal sealed record EngineHang(Timestamp Since, string? Work, double Requests);
