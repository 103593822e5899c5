using System.Globalization;
using System.Text;
using LeptonStream.Explanations;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Health;

/// <summary>
/// Says in one line, once a minute while there is trouble, what is wrong by reason and number: events that are counted, such as dead
/// letters, and conditions that last, such as a partition that stands still. The first trouble is said at once. Several loops may share
/// one log, each with a part of it.
/// </summary>
public sealed partial class TroubleLog
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private const int LongestExample = 200;

    private readonly Line _line;
    private readonly int _loop;

    /// <param name="logger">The role's log.</param>
    /// <param name="time">The clock.</param>
    public TroubleLog(ILogger logger, TimeProvider time)
        : this(new Line(logger, time, [""]), 0)
    {
    }

    private TroubleLog(Line line, int loop) => (_line, _loop) = (line, loop);

    /// <summary>Makes the parts of a log that loops share: what several say is said once.</summary>
    /// <param name="logger">The role's log.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loops">The names of the loops.</param>
    public static IReadOnlyList<TroubleLog> Shared(ILogger logger, TimeProvider time, IReadOnlyList<string> loops)
    {
        ArgumentNullException.ThrowIfNull(loops);
        var line = new Line(logger, time, loops);
        return [.. loops.Select((_, loop) => new TroubleLog(line, loop))];
    }

    /// <summary>Counts events of one kind.</summary>
    /// <param name="kind">
    /// The kind in plain words, whose first is a plural with an s, such as <c>records dead-lettered</c>.
    /// </param>
    /// <param name="reason">Reason as a fixed word such as <c>malformed_json</c>.</param>
    /// <param name="count">Number of cases; nothing happens where it is 0.</param>
    /// <param name="example">The last of them in words, or null.</param>
    public void Count(string kind, string reason, long count = 1, string? example = null)
    {
        if (count > 0) _line.Count(kind, reason, count, example);
    }

    /// <summary>Sets a condition that lasts, or ends it.</summary>
    /// <param name="name">The condition's name; never logged.</param>
    /// <param name="words">The trouble and its number in plain words; null where there is none.</param>
    public void Set(string name, string? words) => _line.SetCondition(name, _loop, words);

    /// <summary>Sets a condition that should be known and is no trouble by itself, or ends it: alone it is logged as information.</summary>
    /// <inheritdoc cref="Set(string, string?)"/>
    public void Note(string name, string? words) => _line.SetNote(name, _loop, words);

    /// <summary>
    /// Says what is wrong, if anything is and the last time was a minute ago; a note does not delay trouble. To be called in every round.
    /// </summary>
    public void Report() => _line.Report();

    // What all parts share; used by several threads.
    private sealed class Line(ILogger logger, TimeProvider time, IReadOnlyList<string> loops)
    {
        private readonly Lock _lock = new();
        private readonly SortedDictionary<string, Trouble> _counts = new(StringComparer.Ordinal);
        private readonly SortedDictionary<string, SortedDictionary<int, string>> _conditions = new(StringComparer.Ordinal);
        private readonly SortedDictionary<string, SortedDictionary<int, string>> _notes = new(StringComparer.Ordinal);
        private (long At, bool IsTrouble)? _said;

        public void Count(string kind, string reason, long count, string? example)
        {
            lock (_lock)
            {
                if (!_counts.TryGetValue(kind, out var trouble)) _counts.Add(kind, trouble = new());
                trouble.Add(reason, count, example);
            }
        }

        public void SetCondition(string name, int loop, string? words)
        {
            lock (_lock) Set(_conditions, name, loop, words);
        }

        public void SetNote(string name, int loop, string? words)
        {
            lock (_lock) Set(_notes, name, loop, words);
        }

        public void Report()
        {
            lock (_lock)
            {
                var isTrouble = _counts.Count > 0 || _conditions.Count > 0;
                if (!isTrouble && _notes.Count == 0) return;
                if (_said is { } said && (said.IsTrouble || !isTrouble) && time.GetElapsedTime(said.At) < Every) return;
                _said = (time.GetTimestamp(), isTrouble);
                var words = string.Join("; ",
                    [.. Words(_conditions), .. _counts.Select(count => count.Value.Words(count.Key)), .. Words(_notes)]);
                if (isTrouble) Log.Trouble(logger, words);
                else Log.State(logger, words);
                _counts.Clear();
            }
        }

        private static void Set(SortedDictionary<string, SortedDictionary<int, string>> all, string name, int loop, string? words)
        {
            if (!all.TryGetValue(name, out var said))
            {
                if (words is null) return;
                all.Add(name, said = []);
            }

            if (words is not null) said[loop] = words;
            else if (said.Remove(loop) && said.Count == 0) all.Remove(name);
        }

        private IEnumerable<string> Words(SortedDictionary<string, SortedDictionary<int, string>> all) =>
            all.Values.SelectMany(said => LoopSentences.Join(said.Select(one => (loops[one.Key], one.Value)), loops.Count));
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
            var words = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{CountOf(_reasons.Values.Sum(), kind)} (");
            words.AppendJoin(", ", _reasons.Select(reason => string.Create(CultureInfo.InvariantCulture, $"{reason.Key} {reason.Value}")));
            if (_example is { } example)
                words.Append("; last: ").Append(example.Length > LongestExample ? example[..LongestExample] : example);
            return words.Append(')').ToString();
        }

        private static string CountOf(long count, string kind)
        {
            var first = kind.Split(' ', 2)[0];
            return EnglishCount.Of(count, first.TrimEnd('s')) + kind[first.Length..];
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
