using Confluent.Kafka;

namespace LeptonStream.Kafka;

public static class ClientErrors
{
    /// <summary>Whether the client that met this error can't do anything any more, as itself or as the answer to the next call.</summary>
    public static bool EndsClient(this Error error) => error.IsFatal || error.Code == ErrorCode.Local_Fatal;

    /// <summary>
    /// Whether a batch of records could not be decoded: damaged, packed in a way that the client does not know, or larger than it takes.
    /// The client goes on reporting it at the same offset.
    /// </summary>
    public static bool IsUndecodable(this Error error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.Code is ErrorCode.Local_BadMsg or ErrorCode.Local_BadCompression or ErrorCode.Local_NotImplemented
            or ErrorCode.Local_Underflow or ErrorCode.InvalidMsg or ErrorCode.InvalidRecord or ErrorCode.MsgSizeTooLarge;
    }
}
