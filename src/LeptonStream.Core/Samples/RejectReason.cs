namespace LeptonStream.Samples;

/// <summary>
/// Why a whole record was refused: the value of the <c>lepton.reason</c> header of its dead letter and of the <c>reason</c> attribute of
/// the counter.
/// </summary>
public enum RejectReason
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>The record has no value (a tombstone) or an empty one.</summary>
    EmptyValue = 1,

    /// <summary>The value is larger than the limit for one message.</summary>
    TooLarge = 2,

    /// <summary>The value is not UTF-8.</summary>
    InvalidUtf8 = 3,

    /// <summary>The value is not JSON (RFC 8259; a bare NaN or Infinity is taken), is cut off, or has something else behind it.</summary>
    MalformedJson = 4,

    /// <summary>The value nests deeper than the format does.</summary>
    TooDeep = 5,

    /// <summary>The value is JSON but neither an object nor an array of objects.</summary>
    NotAnObject = 6,

    /// <summary>A field that must be there is not; the detail names it.</summary>
    MissingField = 7,

    /// <summary>A field has another type than the format says; the detail names it.</summary>
    WrongType = 8,

    /// <summary>A field occurs twice in one object; the detail names it.</summary>
    DuplicateField = 9,

    /// <summary><c>metrics</c> has no entry, or the array no message.</summary>
    Empty = 10,

    /// <summary>A number lies outside the range of a 64-bit float (1e400).</summary>
    NumberOutOfRange = 11,

    /// <summary>
    /// A text (model, label, metric) is empty, too long or holds a control character such as U+0000 or U+0085; the detail names it.
    /// </summary>
    InvalidText = 12,

    /// <summary>More labels or metrics than one message may have.</summary>
    TooMany = 13,

    /// <summary>The time is no instant, or lies further in the past or future of the record's log time than allowed.</summary>
    TimeOutOfRange = 14,

    /// <summary>
    /// Judging it failed inside the program; the detail carries a fingerprint of the place. A defect of the program, not of the record.
    /// </summary>
    InternalError = 15,
}
