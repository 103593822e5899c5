using Microsoft.Extensions.Logging;

namespace LeptonStream.Cli.Demo;

/// <summary>
/// Keeps the warnings of the roles, because lines in between would tear the terminal view apart; they are printed at the end.
/// </summary>
internal sealed class WarningLog : ILoggerProvider
{
    private const int Most = 20;

    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private int _more;

    /// <summary>The first of them, and how many more there were.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock) return _more == 0 ? [.. _lines] : [.. _lines, $"and {_more} more"];
        }
    }

    /// <summary>Forgets those of the start, when roles still wait for each other.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _lines.Clear();
            _more = 0;
        }
    }

    public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void Dispose()
    {
    }

    private void Add(string line)
    {
        lock (_lock)
        {
            if (_lines.Count < Most) _lines.Add(line);
            else _more++;
        }
    }

    private sealed class Writer(WarningLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and not LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                log.Add($"{logLevel} {category}: {formatter(state, exception)}{(exception is null ? "" : $" ({exception.Message})")}");
        }
    }
}
