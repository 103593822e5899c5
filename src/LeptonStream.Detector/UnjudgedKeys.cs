using System.IO.Hashing;
using System.Text;
using LeptonStream.Kafka;
using LeptonStream.Kafka.Status;
using LeptonStream.Output;
using LeptonStream.Samples;

namespace LeptonStream.Detector;

/// <summary>
/// The keys of which nothing is judged now: each of their last records was refused, or all its samples were. A small producer that goes
/// wrong among many sound ones is seen here and in no share of the whole. Holds keys only from their first such record to their first that
/// is judged.
/// </summary>
internal sealed class UnjudgedKeys
{
    // One or two wrong records say nothing of a key.
    private const int MinRecords = 3;

    private const int MaxKeys = 1_000;
    private const int MaxReported = 5;
    private const int MaxNameLength = 64;

    // Who has not written for so long is silent, which is another matter.
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(15);

    private readonly Dictionary<UInt128, Entry> _keys = [];

    /// <summary>A record of the key was judged, or at least one of its samples.</summary>
    public void Judged(in LogRecord record)
    {
        if (_keys.Count > 0) _keys.Remove(IdOf(record));
    }

    /// <summary>Nothing of a record of the key was judged.</summary>
    /// <param name="record">The record.</param>
    /// <param name="reason">Reason as a word.</param>
    /// <param name="logTime">The record's log time.</param>
    public void Unjudged(in LogRecord record, string reason, Timestamp logTime)
    {
        var id = IdOf(record);
        if (!_keys.TryGetValue(id, out var entry))
        {
            if (_keys.Count >= MaxKeys) Forget(logTime);
            if (_keys.Count >= MaxKeys) return;
            _keys.Add(id, entry = new(NameOf(record.Key), logTime));
        }

        entry.Records++;
        entry.Last = logTime;
        entry.Reason = reason;
    }

    /// <summary>The keys with the most records, most first.</summary>
    /// <param name="now">The wall clock.</param>
    public IReadOnlyList<UnjudgedKey> Worst(Timestamp now)
    {
        if (_keys.Count == 0) return [];
        Forget(now);
        return [.. _keys.Values.Where(entry => entry.Records >= MinRecords)
            .OrderByDescending(entry => entry.Records).ThenBy(entry => entry.Name, StringComparer.Ordinal).Take(MaxReported)
            .Select(entry => new UnjudgedKey(entry.Name, entry.Records, entry.Reason, entry.Since.ToDateTimeOffset()))];
    }

    public void Clear() => _keys.Clear();

    private void Forget(Timestamp now)
    {
        foreach (var (id, entry) in _keys)
            if (now - entry.Last > Forgotten) _keys.Remove(id);
    }

    private static UInt128 IdOf(in LogRecord record) =>
        record.HasKey ? XxHash128.HashToUInt128(record.Key) : UInt128.MaxValue;

    // Keys come from producers and are shown to people.
    private static string NameOf(ReadOnlySpan<byte> key)
    {
        var text = Encoding.UTF8.GetString(key[..Math.Min(key.Length, MaxNameLength * 4)]);
        return SafeText.OneLine(string.Concat(text.EnumerateRunes().Take(MaxNameLength)), mark: ' ');
    }

    private sealed class Entry(string name, Timestamp since)
    {
        public string Name { get; } = name;

        public Timestamp Since { get; } = since;

        public Timestamp Last { get; set; }

        public long Records { get; set; }

        public string Reason { get; set; } = "";
    }
}
