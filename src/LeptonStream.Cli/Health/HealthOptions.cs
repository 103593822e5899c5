using LeptonStream.Settings;
using Microsoft.Extensions.Options;

namespace LeptonStream.Cli.Health;

/// <summary>Where probes and Prometheus ask; section <c>Health</c>.</summary>
public sealed class HealthOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Health";

    /// <summary>
    /// The port of /healthz/live, /healthz/ready and /metrics, on every address of this machine; 0 is off. The dashboard serves them on its
    /// own port.
    /// </summary>
    [SettingRange(Section, 0, 65_535, Note = "0 is off")]
    public int Port { get; set; }
}

[OptionsValidator]
internal sealed partial class HealthRanges : IValidateOptions<HealthOptions>;
