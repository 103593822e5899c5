using Confluent.Kafka;

namespace LeptonStream.Kafka;

public static class ClientErrors
{
    /// <summary>Whether the client that met this error can't do anything any more, as itself or as the answer to the next call.</summary>
    public static bool EndsClient(this Error error) => error.IsFatal || error.Code == ErrorCode.Local_Fatal;

    /// <summary>
    /// Whether a new client may do better: this one goes on, or its name in the group is free once the session of the member that had it
    /// times out. Only the newer group protocol refuses a name; the other one gives it to the newcomer.
    /// </summary>
    public static bool MayPass(this Error error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return !error.EndsClient() || error.Code == ErrorCode.UnreleasedInstanceId;
    }

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

    /// <summary>
    /// The error in words for people who do not know the client library: <c>Local: Unknown partition</c> says nothing to them.
    /// A reason that somebody else wrote stays as it is.
    /// </summary>
    public static string Words(this Error error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (!error.Reason.StartsWith("Local: ", StringComparison.Ordinal)) return error.Reason;
        return error.Code switch
        {
            ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Transport or ErrorCode.Local_Resolve => "no broker answers",
            ErrorCode.Local_TimedOut or ErrorCode.Local_MsgTimedOut => "the broker does not answer in time",
            ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition =>
                "no broker says where the topic or partition is: none answers, or it is not there",
            _ => error.Reason,
        };
    }
}
