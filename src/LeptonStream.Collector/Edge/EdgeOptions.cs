using LeptonStream.Settings;
using Microsoft.Extensions.Options;

namespace LeptonStream.Collector.Edge;

/// <summary>Settings of the edge; section <c>Edge</c>. Its ways in have those of the collector, section <c>Collector</c>.</summary>
public sealed class EdgeOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Edge";

    /// <summary>Folder of the spool, of the alerts that wait, and of the detector's state. One process may use it.</summary>
    public string SpoolPath { get; set; } = "lepton-edge";

    /// <summary>
    /// Bytes of records on disk, at most; 1 MiB to 2 GiB. Beyond it the oldest go, sent or not. As much as a sixteenth of it, at most, is
    /// taken by alerts that wait.
    /// </summary>
    [SettingRange(Section, 1 << 20, int.MaxValue)]
    public int MaxSpoolBytes { get; set; } = 256 << 20;

    /// <summary>How long records wait for Kafka, at most; from a minute.</summary>
    public TimeSpan SpoolAge { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Address that gets each alert of this host as a CloudEvent (JSON); none where it is not set.</summary>
    public string? AlertWebhook { get; set; }

    /// <summary>File that gets each alert of this host as a CloudEvent, one a line; none where it is not set.</summary>
    public string? AlertFile { get; set; }

    /// <summary>Detection policies of this host (YAML), as the detectors' <c>Detector:PoliciesFile</c>; read at start.</summary>
    public string? PoliciesFile { get; set; }

    /// <summary>
    /// The kernel's log, for errors of GPUs: <c>/dev/kmsg</c>, <c>journal</c>, or a file such as <c>/var/log/kern.log</c>; empty is off.
    /// </summary>
    public string KernelLog { get; set; } = "/dev/kmsg";

    /// <summary>Folder of the kernel's InfiniBand devices; empty is off.</summary>
    public string InfinibandPath { get; set; } = "/sys/class/infiniband";
}

[OptionsValidator]
internal sealed partial class EdgeRanges : IValidateOptions<EdgeOptions>;
