using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Kafka;

/// <summary>
/// Sends what the native client has to say to the program's log instead of to standard error. An error after which the client can't go on
/// comes on the client's own thread and not always as an exception: <c>onFatal</c> is told of it.
/// </summary>
public static partial class ClientLogging
{
    public static ConsumerBuilder<TKey, TValue> LogTo<TKey, TValue>(this ConsumerBuilder<TKey, TValue> builder, ILogger logger, Action<Error>? onFatal = null) => builder
        .SetLogHandler((_, message) => Write(logger, message))
        .SetErrorHandler((client, error) => Write(logger, client.Name, error, onFatal));

    public static ProducerBuilder<TKey, TValue> LogTo<TKey, TValue>(this ProducerBuilder<TKey, TValue> builder, ILogger logger, Action<Error>? onFatal = null) => builder
        .SetLogHandler((_, message) => Write(logger, message))
        .SetErrorHandler((client, error) => Write(logger, client.Name, error, onFatal));

    public static AdminClientBuilder LogTo(this AdminClientBuilder builder, ILogger logger) => builder
        .SetLogHandler((_, message) => Write(logger, message))
        .SetErrorHandler((client, error) => Write(logger, client.Name, error, null));

    private static void Write(ILogger logger, LogMessage message) =>
        Log.Said(logger, (LogLevel)message.LevelAs(LogLevelType.MicrosoftExtensionsLogging), message.Name, message.Facility, message.Message);

    // The client goes on by itself after every error that is not fatal.
    private static void Write(ILogger logger, string client, Error error, Action<Error>? onFatal)
    {
        if (!error.IsFatal)
        {
            Log.Failing(logger, client, error.Code, error.Reason);
            return;
        }

        Log.Fatal(logger, client, error.Code, error.Reason);
        onFatal?.Invoke(error);
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
