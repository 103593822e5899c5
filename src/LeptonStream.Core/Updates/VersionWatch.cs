using System.Text;
using LeptonStream.Alerts;
using LeptonStream.Detection.Events;
using LeptonStream.Detection.Lifecycle;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Samples;

namespace LeptonStream.Updates;

/// <summary>
/// The versions of one model: the one in use, the one that may take its place, and the pairs that were compared. Each pair is compared
/// once, so that a model that goes to and fro, or runs several versions for good, says each thing once. A function of the messages.
/// </summary>
/// <param name="id">The hash of the model's name.</param>
/// <param name="model">The model's name.</param>
internal sealed partial class VersionWatch(UInt128 id, string model) : ICutWatch
{
    // Pairs that are remembered; with so many no other version is compared until some are forgotten.
    private const int MaxPairs = 16;

    // A pair whose new version was silent for so many quarters is compared again.
    private const int ForgetAfter = 4 * BlockMean.Day;

    // Quarters by which the first message of a version may be late.
    private const int Late = 4;

    // So long an update that is worse stays an alert.
    private static readonly TimeSpan AcceptAfter = TimeSpan.FromDays(1);

    private readonly List<ComparedPair> _pairs = [];
    private VersionHistory? _now;
    private VersionHistory? _next;
    private bool _isCompared;
    private byte[] _declared = [];
    private Timestamp _declaredAt = Timestamp.Never;
    private AlertEvent? _open;
    private int _checked;

    /// <summary>The hash of the model's name.</summary>
    public UInt128 Id => id;

    /// <summary>Log time of its last message.</summary>
    public Timestamp Heard { get; set; } = Timestamp.Never;

    /// <summary>The number of the last snapshot that has it as it was; 0 for none.</summary>
    public int Cut { get; set; }

    /// <summary>About how many bytes it takes.</summary>
    public int Bytes => 500 + (_now?.Bytes ?? 0) + (_next?.Bytes ?? 0);

    /// <summary>Takes a declaration: messages that say no version of their own are of this one, from its time on.</summary>
    public void Declare(ReadOnlySpan<byte> version, Timestamp time)
    {
        if (time > _declaredAt) (_declared, _declaredAt) = (version.ToArray(), time);
    }

    /// <summary>Begins a message.</summary>
    /// <param name="version">The version that it says, UTF-8; empty where it says none.</param>
    /// <param name="time">Its event time.</param>
    /// <param name="sink">Takes the events.</param>
    /// <returns>The history that its values belong to; null for none.</returns>
    public VersionHistory? Begin(ReadOnlySpan<byte> version, Timestamp time, in EventSink sink)
    {
        if (version.IsEmpty && time >= _declaredAt) version = _declared;
        var block = BlockMean.IndexOf(time);
        if (block > _checked)
        {
            _checked = block;
            Check(block, time, sink);
        }

        if (version.IsEmpty) return null;
        var known = Find(version, time, block);
        known?.Hear(block);
        return known;
    }

    /// <summary>Begins again as if never seen, but for an alert that is open.</summary>
    public void Restart()
    {
        (_now, _next, _isCompared) = (null, null, false);
        _pairs.Clear();
    }

    /// <summary>Whether its alert was open long enough.</summary>
    public bool IsDue(Timestamp now) => _open is { } open && now - open.DetectedAt >= AcceptAfter;

    /// <summary>By the clock of the log: ends an alert that was open long enough.</summary>
    public void Sweep(Timestamp now, in EventSink sink)
    {
        if (IsDue(now)) End(AlertChange.Accepted, now, sink);
    }

    /// <summary>Ends its alert because nothing is heard of the model any more.</summary>
    public void Leave(Timestamp now, in EventSink sink) => End(AlertChange.Gone, now, sink);

    private VersionHistory? Find(ReadOnlySpan<byte> version, Timestamp time, int block)
    {
        if (_now is null) return _now = new(Encoding.UTF8.GetString(version), time);
        if (_now.Is(version)) return _now;
        if (_next is not null && _next.Is(version)) return _next;
        var pair = PairOf(version);
        if (pair is not null) pair.LastBlock = Math.Max(pair.LastBlock, block);
        // A message that comes hours late begins no version: its quarters are over.
        if (block < _checked - Late) return null;
        if (pair is null && _pairs.Count < MaxPairs && (_next is null || _isCompared || _next.IsSilent(block)))
        {
            _isCompared = false;
            return _next = new(Encoding.UTF8.GetString(version), time);
        }

        // One that was compared takes the place of one that is gone, and says nothing more.
        if ((pair is null && _pairs.Count < MaxPairs) || !_now.IsSilent(block) || _next?.IsSilent(block) == false) return null;
        _next = null;
        return _now = new(Encoding.UTF8.GetString(version), time);
    }

    private ComparedPair? PairOf(ReadOnlySpan<byte> version)
    {
        foreach (var pair in _pairs)
            if (pair.From == _now!.Name && pair.Is(version)) return pair;
        return null;
    }

    private void Check(int block, Timestamp time, in EventSink sink)
    {
        EndOpen(block, time, sink);
        for (var i = _pairs.Count - 1; i >= 0; i--)
            if (block - _pairs[i].LastBlock > ForgetAfter) _pairs.RemoveAt(i);
        if (_next is null) return;
        if (_isCompared)
        {
            if (_now!.IsSilent(block)) Promote();
            else if (block - _next.LastBlock > ForgetAfter) _next = null;
            return;
        }

        var isLast = block - _next.FirstBlock >= BlockMean.Day;
        if (isLast && _next.IsSilent(block)) _next = null;
        else if (VersionComparison.Of(_now!, _next, block, isLast) is { } update) Conclude(update, block, time, sink);
    }

    private void Conclude(ModelUpdate update, int block, Timestamp time, in EventSink sink)
    {
        if (_open is not null) End(AlertChange.Superseded, time, sink);
        var opened = UpdateEvents.Open(sink, model, update, time);
        sink.Add(opened);
        if (update.Verdict == UpdateVerdict.Worse) _open = opened;
        else sink.Add(UpdateEvents.End(sink, opened, AlertChange.Recovered, time));
        _pairs.Add(new(update.From, update.To) { LastBlock = block });
        _isCompared = true;
        if (_now!.IsSilent(block)) Promote();
    }

    private void Promote() => (_now, _next, _isCompared) = (_next, null, false);

    // It is over when the version is used no more, and another is.
    private void EndOpen(int block, Timestamp time, in EventSink sink)
    {
        if (_open is not { ModelUpdate: { } update }) return;
        if (IsDue(time)) End(AlertChange.Accepted, time, sink);
        else if (IsGone(update.To, block)) End(AlertChange.Recovered, time, sink);
    }

    private bool IsGone(string version, int block)
    {
        var (isNow, isNext) = (_now?.Name == version, _next?.Name == version);
        if (isNow) return _now!.IsSilent(block) && _next?.IsSilent(block) == false;
        if (_now?.IsSilent(block) != false && (isNext || _next?.IsSilent(block) != false)) return false;
        return isNext ? _next!.IsSilent(block) : !_pairs.Exists(pair => pair.To == version && block - pair.LastBlock <= BlockMean.Day / 4);
    }

    private void End(AlertChange change, Timestamp time, in EventSink sink)
    {
        if (_open is { } open) sink.Add(UpdateEvents.End(sink, open, change, time));
        _open = null;
    }
}

/// <summary>Two versions that were compared.</summary>
/// <param name="from">The version before.</param>
/// <param name="to">The new one.</param>
internal sealed class ComparedPair(string from, string to)
{
    private readonly byte[] _utf8 = Encoding.UTF8.GetBytes(to);

    public string From => from;

    public string To => to;

    /// <summary>The quarter of the last message of the new one, as far as it was looked at.</summary>
    public int LastBlock { get; set; }

    public bool Is(ReadOnlySpan<byte> version) => version.SequenceEqual(_utf8);
}
