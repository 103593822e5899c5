using LeptonStream.Settings;
using Microsoft.Extensions.Options;

namespace LeptonStream.Dashboard;

/// <summary>How the dashboard serves; section <c>Dashboard</c>.</summary>
public sealed class DashboardOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Dashboard";

    /// <summary>Where to listen, as http://host:port; port 0 takes any free one. TLS ends at the proxy or ingress before it.</summary>
    public string Url { get; set; } = "http://127.0.0.1:8080";

    /// <summary>
    /// Host names that requests may carry, separated by semicolons; <c>*</c> is any.
    /// Not set: only the loopback names where <see cref="Url"/> is a loopback address (so that no foreign web page can read the
    /// alerts through a name it points at 127.0.0.1), any otherwise.
    /// </summary>
    public string? AllowedHosts { get; set; }

    /// <summary>How often to ask the journal for changes, in milliseconds; 50 to 60000.</summary>
    [SettingRange(Section, 50, 60_000)]
    public int PollIntervalMs { get; set; } = 250;

    /// <summary>How often to tell an open page that the connection still lives, in seconds; 1 to 300.</summary>
    [SettingRange(Section, 1, 300)]
    public int HeartbeatSeconds { get; set; } = 15;

    /// <summary>How many pages may be open at once; 1 to 10000. Further ones are refused with status 503.</summary>
    [SettingRange(Section, 1, 10_000)]
    public int MaxClients { get; set; } = 200;
}

[OptionsValidator]
internal sealed partial class DashboardRanges : IValidateOptions<DashboardOptions>;
