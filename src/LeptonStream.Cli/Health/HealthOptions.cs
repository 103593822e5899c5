using System.Net;
using LeptonStream.Settings;
using Microsoft.Extensions.Options;

namespace LeptonStream.Cli.Health;

/// <summary>Address of the probes and of <c>/metrics</c>; section <c>Health</c>.</summary>
public sealed class HealthOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Health";

    /// <summary>Every address of this machine.</summary>
    public const string EveryAddress = "*";

    /// <summary>
    /// The IP address to listen on, such as 127.0.0.1, or <c>*</c> for every address of this machine. <value>The default value is
    /// <c>*</c>: probes and Prometheus ask from outside.</value>
    /// </summary>
    public string Address { get; set; } = EveryAddress;

    /// <summary>
    /// The port of /healthz/live, /healthz/ready and /metrics; 0 is off. The dashboard serves them on its own port.
    /// </summary>
    [SettingRange(Section, 0, 65_535, Note = "0 is off")]
    public int Port { get; set; }
}

[OptionsValidator]
internal sealed partial class HealthRanges : IValidateOptions<HealthOptions>;

internal sealed class HealthAddress : IValidateOptions<HealthOptions>
{
    public ValidateOptionsResult Validate(string? name, HealthOptions options) =>
        options.Address == HealthOptions.EveryAddress || IPAddress.TryParse(options.Address, out _)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"Health:Address is '{options.Address}': it must be an IP address, such as 127.0.0.1, or * for every address");
}
