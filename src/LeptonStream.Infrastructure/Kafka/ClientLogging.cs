using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Kafka;

/// <summary>
/// Sends what the native client has to say to the program's log instead of to standard error. An error after which the client can't go on
/// comes on the client's own thread and not always as an exception: <c>onFatal</c> is told of it.
/// </summary>
public static partial class ClientLogging
{
    public static ConsumerBuilder<TKey, TValue> LogTo<TKey, TValue>(this ConsumerBuilder<TKey, TValue> builder, ILogger logger,
        Action<Error>? onFatal = null)
    {
        var errors = new ErrorLog(logger, onFatal);
        return builder.SetLogHandler((_, message) => Write(logger, message)).SetErrorHandler((client, error) =>
            errors.Write(client.Name, error));
    }

    public static ProducerBuilder<TKey, TValue> LogTo<TKey, TValue>(this ProducerBuilder<TKey, TValue> builder, ILogger logger,
        Action<Error>? onFatal = null)
    {
        var errors = new ErrorLog(logger, onFatal);
        return builder.SetLogHandler((_, message) => Write(logger, message)).SetErrorHandler((client, error) =>
            errors.Write(client.Name, error));
    }

    public static AdminClientBuilder LogTo(this AdminClientBuilder builder, ILogger logger)
    {
        var errors = new ErrorLog(logger, null);
        return builder.SetLogHandler((_, message) => Write(logger, message)).SetErrorHandler((client, error) =>
            errors.Write(client.Name, error));
    }

    private static void Write(ILogger logger, LogMessage message)
    {
        // These the error handler is told of, too.
        if (message.Facility is "FAIL" or "ERROR" or "FATAL") return;
        Log.Said(logger, (LogLevel)message.LevelAs(LogLevelType.MicrosoftExtensionsLogging), message.Name, message.Facility,
            message.Message);
    }

    // While a broker is away the client says so twenty times a second.
    private sealed class ErrorLog(ILogger logger, Action<Error>? onFatal)
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

        private readonly ConcurrentDictionary<ErrorCode, long> _last = [];

        public void Write(string client, Error error)
        {
            if (error.IsFatal)
            {
                Log.Fatal(logger, client, error.Code, error.Reason);
                onFatal?.Invoke(error);
                return;
            }

            var now = Environment.TickCount64;
            if (_last.TryGetValue(error.Code, out var last) && now - last < Pause.TotalMilliseconds) return;
            _last[error.Code] = now;
            Log.Failing(logger, client, error.Code, error.Reason);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 4000, Message = "Kafka client {Client}: {Facility}: {Message}")]
        public static partial void Said(ILogger logger, LogLevel level, string client, string facility, string message);

        [LoggerMessage(4001, LogLevel.Warning, "Kafka client {Client}: {Code}: {Reason}")]
        public static partial void Failing(ILogger logger, string client, ErrorCode code, string reason);

        [LoggerMessage(4002, LogLevel.Critical, "Kafka client {Client} can't go on: {Code}: {Reason}")]
        public static partial void Fatal(ILogger logger, string client, ErrorCode code, string reason);
    }
}
