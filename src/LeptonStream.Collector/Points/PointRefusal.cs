namespace LeptonStream.Collector.Points;

/// <summary>Why a payload, or a point of it, was not taken. The name is the value of the attribute <c>reason</c> of counters.</summary>
public enum RefusalReason
{
    /// <summary>Taken.</summary>
    None = 0,

    /// <summary>There is no payload.</summary>
    Empty,

    /// <summary>More bytes than allowed.</summary>
    TooLarge,

    /// <summary>More bytes than allowed once it is decompressed.</summary>
    TooLargeDecompressed,

    /// <summary>Not what the compression's own format says.</summary>
    BadCompression,

    /// <summary>The format could not be decided.</summary>
    UnknownFormat,

    /// <summary>Not what the format says: cut off, a wrong byte, a wrong wire type.</summary>
    Malformed,

    /// <summary>A text is not UTF-8.</summary>
    InvalidUtf8,

    /// <summary>Nested deeper than allowed.</summary>
    TooDeep,

    /// <summary>More points than allowed; those before were taken.</summary>
    TooManyPoints,

    /// <summary>More labels than allowed.</summary>
    TooManyLabels,

    /// <summary>A text is longer than allowed.</summary>
    TextTooLong,

    /// <summary>A name, a value or another field that must be there is not.</summary>
    MissingField,

    /// <summary>A field has another type than the format says.</summary>
    WrongType,

    /// <summary>A number can't be read, or lies outside its range.</summary>
    BadNumber,

    /// <summary>A time can't be read, or lies outside the years 1970 to 2262.</summary>
    BadTime,

    /// <summary>A histogram contradicts itself: bounds that don't ascend, one count too many, a scale out of range.</summary>
    BadHistogram,

    /// <summary>The format allows it and this program does not read it; the detail names it.</summary>
    Unsupported,

    /// <summary>A schema could not be had.</summary>
    NoSchema,

    /// <summary>A text where a number would be. No fault: texts are no samples.</summary>
    TextValue,

    /// <summary>A field without a value (JSON null). No fault.</summary>
    NoValue,
}

/// <summary>What was not taken, and why.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Detail">A short text for people, with the place: the name of a metric or field, a line or a byte.</param>
public readonly record struct PointRefusal(RefusalReason Reason, string Detail)
{
    /// <summary>Whether the producer did something wrong; otherwise the thing is merely no sample.</summary>
    public bool IsFault => IsFaulty(Reason);

    internal static bool IsFaulty(RefusalReason reason) => reason is not (RefusalReason.TextValue or RefusalReason.NoValue);
}

/// <summary>How reading a payload ended.</summary>
public enum FormatOutcome
{
    /// <summary>All of it was taken; <see cref="PointBatch.Refusals"/> holds no faults.</summary>
    Taken = 0,

    /// <summary>Some points were taken; <see cref="PointBatch.Refusals"/> says which were not, and why.</summary>
    Partial,

    /// <summary>Nothing was taken; the last of <see cref="PointBatch.Refusals"/> says why.</summary>
    Refused,
}
