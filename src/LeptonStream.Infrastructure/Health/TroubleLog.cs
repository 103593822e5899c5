using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Health;

/// <summary>
/// Says in one line, once a minute while there is trouble, what is wrong by reason and number: events that are counted, such as dead
/// letters, and conditions that last, such as a partition that stands still. The first trouble is said at once. Used by one thread.
/// </summary>
public sealed partial class TroubleLog(ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private const int LongestExample = 200;

    private readonly SortedDictionary<string, Trouble> _counts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _conditions = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _notes = new(StringComparer.Ordinal);
    private (long At, bool IsTrouble)? _said;

    /// <summary>Counts events of one kind.</summary>
    /// <param name="kind">The kind in plain words, such as <c>records dead-lettered</c>.</param>
    /// <param name="reason">Reason as a fixed word such as <c>malformed_json</c>.</param>
    /// <param name="count">Number of cases; nothing happens where it is 0.</param>
    /// <param name="example">The last of them in words, or null.</param>
    public void Count(string kind, string reason, long count = 1, string? example = null)
    {
        if (count <= 0) return;
        if (!_counts.TryGetValue(kind, out var trouble)) _counts.Add(kind, trouble = new());
        trouble.Add(reason, count, example);
    }

    /// <summary>Sets a condition that lasts, or ends it.</summary>
    /// <param name="name">The condition's name; never logged.</param>
    /// <param name="words">The trouble and its number in plain words; null where there is none.</param>
    public void Set(string name, string? words) => Set(_conditions, name, words);

    /// <summary>Sets a condition that should be known and is no trouble by itself, or ends it: alone it is logged as information.</summary>
    /// <inheritdoc cref="Set(string, string?)"/>
    public void Note(string name, string? words) => Set(_notes, name, words);

    /// <summary>
    /// Says what is wrong, if anything is and the last time was a minute ago; a note does not delay trouble. To be called in every round.
    /// </summary>
    public void Report()
    {
        var isTrouble = _counts.Count > 0 || _conditions.Count > 0;
        if (!isTrouble && _notes.Count == 0) return;
        if (_said is { } said && (said.IsTrouble || !isTrouble) && time.GetElapsedTime(said.At) < Every) return;
        _said = (time.GetTimestamp(), isTrouble);
        var words = string.Join("; ",
            [.. _conditions.Values, .. _counts.Select(count => count.Value.Words(count.Key)), .. _notes.Values]);
        if (isTrouble) Log.Trouble(logger, words);
        else Log.State(logger, words);
        _counts.Clear();
    }

    private static void Set(SortedDictionary<string, string> conditions, string name, string? words)
    {
        if (words is null) conditions.Remove(name);
        else conditions[name] = words;
    }

    private sealed class Trouble
    {
        private readonly SortedDictionary<string, long> _reasons = new(StringComparer.Ordinal);
        private string? _example;

        public void Add(string reason, long count, string? example)
        {
            _reasons[reason] = _reasons.GetValueOrDefault(reason) + count;
            _example = example ?? _example;
        }

        public string Words(string kind)
        {
            var words = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{_reasons.Values.Sum()} {kind} (");
            words.AppendJoin(", ", _reasons.Select(reason => string.Create(CultureInfo.InvariantCulture, $"{reason.Key} {reason.Value}")));
            if (_example is { } example)
                words.Append("; last: ").Append(example.Length > LongestExample ? example[..LongestExample] : example);
            return words.Append(')').ToString();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4020, LogLevel.Warning, "Trouble in the last minute: {Troubles}")]
        public static partial void Trouble(ILogger logger, string troubles);

        [LoggerMessage(4021, LogLevel.Information, "Noted: {Notes}")]
        public static partial void State(ILogger logger, string notes);
    }
}
