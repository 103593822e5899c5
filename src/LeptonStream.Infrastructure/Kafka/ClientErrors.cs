using Confluent.Kafka;

namespace LeptonStream.Kafka;

public static class ClientErrors
{
    /// <summary>Whether the client that met this error can't do anything any more, as itself or as the answer to the next call.</summary>
    public static bool EndsClient(this Error error) => error.IsFatal || error.Code == ErrorCode.Local_Fatal;
}
