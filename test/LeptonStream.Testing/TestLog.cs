using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace LeptonStream.Testing;

/// <summary>Puts a program's log beside the test's own output, where a failure is explained.</summary>
public sealed class TestLog : ILoggerProvider, ILogger
{
    private readonly TextWriter _output = TestContext.Out;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        lock (_output) _output.WriteLine($"{DateTime.UtcNow:HH:mm:ss.fff} {logLevel} {formatter(state, exception)} {exception}");
    }

    public void Dispose()
    {
    }
}
