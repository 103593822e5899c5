using LeptonStream.Detection;
using LeptonStream.Settings;
using Microsoft.Extensions.Options;

namespace LeptonStream.Detector;

/// <summary>Settings of the detector; section <c>Detector</c>.</summary>
public sealed class DetectorOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Detector";

    /// <summary>The consumer group: all detectors of one installation share it, and with it the partitions.</summary>
    public string GroupId { get; set; } = "lepton-detector";

    /// <summary>
    /// Loops in this process, each a member of the group on a thread of its own; 1 to 64. The default is one for each core that the
    /// process may use, and at most 8.
    /// </summary>
    [SettingRange(Section, 1, 64)]
    public int Loops { get; set; } = Math.Min(8, Environment.ProcessorCount);

    /// <summary>Records in one batch, at most; 1 to 100000. A batch is judged, published and committed as one.</summary>
    [SettingRange(Section, 1, 100_000)]
    public int BatchSize { get; set; } = 10_000;

    /// <summary>
    /// How long a batch waits for more records after its first, in milliseconds; from 0 to a quarter of <c>Kafka:SessionTimeoutMs</c>.
    /// </summary>
    public int BatchWaitMs { get; set; } = 50;

    /// <summary>
    /// Series that one partition may hold; at the limit the one that was silent longest makes room for a new one. 1 to 10000000.
    /// </summary>
    [SettingRange(Section, 1, 10_000_000)]
    public int SeriesPerPartition { get; set; } = DetectionPolicy.Default.SeriesPerPartition;

    /// <summary>
    /// Megabytes that the series of one partition may take, by an estimate; else as <see cref="SeriesPerPartition"/>. 1 to 1000000.
    /// </summary>
    [SettingRange(Section, 1, 1_000_000)]
    public int MegabytesPerPartition { get; set; } = (int)(DetectionPolicy.Default.BytesPerPartition >> 20);

    /// <summary>Hours of silence, by the time of the log, after which a series is forgotten. 1 to 2160.</summary>
    [SettingRange(Section, 1, 2160)]
    public int ForgetAfterHours { get; set; } = (int)DetectionPolicy.Default.ForgetAfter.TotalHours;

    /// <summary>Seconds between two snapshots of a partition's state, at least; 1 to 3600.</summary>
    [SettingRange(Section, 1, 3600)]
    public int SnapshotSeconds { get; set; } = 60;

    /// <summary>
    /// Milliseconds for which a round makes a part of a snapshot, instead of judging; 0 to 1000. A round makes at least a few series.
    /// </summary>
    [SettingRange(Section, 0, 1000)]
    public int SnapshotSliceMs { get; set; } = 10;

    /// <summary>
    /// Whether records are judged in the Kafka client's own memory, without an object for each. Where that can't be reached, the log says
    /// so, and they are copied as with false.
    /// </summary>
    public bool ReadInPlace { get; set; } = true;

    /// <summary>A file of detection policies (YAML); none where it is empty. A change of it is taken up while the detector runs.</summary>
    public string? PoliciesFile { get; set; }
}

[OptionsValidator]
internal sealed partial class DetectorRanges : IValidateOptions<DetectorOptions>;
