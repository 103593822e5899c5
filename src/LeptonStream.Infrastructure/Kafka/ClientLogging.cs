using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Kafka;

/// <summary>
/// Sends the messages of the native client to the program's log instead of to standard error. An error after which the client can't go on
/// comes on the client's own thread and not always as an exception: <c>onFatal</c> is called with it, and <c>onError</c> with any other.
/// </summary>
public static partial class ClientLogging
{
    public static ConsumerBuilder<TKey, TValue> LogTo<TKey, TValue>(this ConsumerBuilder<TKey, TValue> builder, ILogger logger,
        Action<Error>? onFatal = null, Action<Error>? onError = null)
    {
        var said = new ClientLog(logger, onFatal, onError);
        return builder.SetLogHandler((_, message) => said.Write(message)).SetErrorHandler((client, error) =>
            said.Write(client.Name, error));
    }

    public static ProducerBuilder<TKey, TValue> LogTo<TKey, TValue>(this ProducerBuilder<TKey, TValue> builder, ILogger logger,
        Action<Error>? onFatal = null, Action<Error>? onError = null)
    {
        var said = new ClientLog(logger, onFatal, onError);
        return builder.SetLogHandler((_, message) => said.Write(message)).SetErrorHandler((client, error) =>
            said.Write(client.Name, error));
    }

    public static AdminClientBuilder LogTo(this AdminClientBuilder builder, ILogger logger)
    {
        var said = new ClientLog(logger, null, null);
        return builder.SetLogHandler((_, message) => said.Write(message)).SetErrorHandler((client, error) =>
            said.Write(client.Name, error));
    }

    // While a broker is away the client says so twenty times a second: each kind is logged once a minute.
    private sealed class ClientLog(ILogger logger, Action<Error>? onFatal, Action<Error>? onError)
    {
        private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

        private readonly ConcurrentDictionary<string, long> _last = [];

        public void Write(LogMessage message)
        {
            // These reach the error handler, too.
            if (message.Facility is "FAIL" or "ERROR" or "FATAL" || !IsDue(message.Facility)) return;
            Log.Said(logger, (LogLevel)message.LevelAs(LogLevelType.MicrosoftExtensionsLogging), message.Name, message.Facility,
                message.Message);
        }

        public void Write(string client, Error error)
        {
            if (error.IsFatal)
            {
                Log.Fatal(logger, client, error.Code, error.Reason);
                onFatal?.Invoke(error);
                return;
            }

            onError?.Invoke(error);
            if (IsDue(error.Code.ToString())) Log.Failing(logger, client, error.Code, error.Reason);
        }

        private bool IsDue(string kind)
        {
            var now = Environment.TickCount64;
            if (_last.TryGetValue(kind, out var last) && now - last < Pause.TotalMilliseconds) return false;
            _last[kind] = now;
            return true;
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
