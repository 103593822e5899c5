namespace LeptonStream.Samples;

/// <summary>
/// How large one message may be. What exceeds a limit is refused whole, with the limit in the detail, but for labels beyond
/// <see cref="Labels"/>.
/// </summary>
public sealed record FormatLimits
{
    /// <summary>The limits that need no setting.</summary>
    public static readonly FormatLimits Default = new();

    /// <summary>Bytes of one message's value. <value>The default value is 1,048,576.</value></summary>
    public int MessageBytes { get; init; } = 1024 * 1024;

    /// <summary>Levels of nesting. <value>The default value is 8.</value></summary>
    public int Depth { get; init; } = 8;

    /// <summary>
    /// Labels of one entity; of more the first by name are kept, whatever their order in the message. <value>The default value is
    /// 32.</value>
    /// </summary>
    public int Labels { get; init; } = 32;

    /// <summary>Metrics of one entity. <value>The default value is 1,024.</value></summary>
    public int Metrics { get; init; } = 1024;

    /// <summary>Distributions of one entity. <value>The default value is 64.</value></summary>
    public int Distributions { get; init; } = 64;

    /// <summary>UTF-8 bytes of a model, metric or label name. <value>The default value is 256.</value></summary>
    public int NameBytes { get; init; } = 256;

    /// <summary>UTF-8 bytes of a label value. <value>The default value is 1,024.</value></summary>
    public int LabelValueBytes { get; init; } = 1024;

    /// <summary>
    /// How far a time may lie ahead of the record's log time and stay as it is. One that is further ahead is taken as just so far ahead:
    /// nothing is measured before it is measured, and a series whose clock ran ahead would refuse whatever comes until then. A host whose
    /// clock is wrong by minutes is watched by the clock of the log. <value>The default value is 10 seconds.</value>
    /// </summary>
    public TimeSpan Skew { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How far a time may lie ahead of the record's log time at all. <value>The default value is 10 minutes.</value>
    /// </summary>
    public TimeSpan Ahead { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The earliest time that is believed; before it a time is a mistake of unit or clock. <value>The default value is 2000-01-01.</value>
    /// </summary>
    public Timestamp Earliest { get; init; } = Timestamp.FromUnixSeconds(946_684_800);
}
