using Microsoft.Extensions.Logging;

namespace LeptonStream.Detector;

/// <summary>A log whose lines begin with the name of the loop that writes them.</summary>
internal sealed class LoopLogger(ILogger log, string loop) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => log.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        log.Log(logLevel, eventId, state, exception, (said, failure) => $"{loop}: {formatter(said, failure)}");
}
