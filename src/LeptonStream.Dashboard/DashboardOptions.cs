using LeptonStream.Access;
using LeptonStream.Dashboard.Access;
using LeptonStream.Settings;
using Microsoft.Extensions.Options;

namespace LeptonStream.Dashboard;

/// <summary>Settings of the dashboard; section <c>Dashboard</c>.</summary>
public sealed class DashboardOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "Dashboard";

    /// <summary>Address to listen on, as http://host:port; port 0 takes any free one. TLS ends at the proxy or ingress before it.</summary>
    public string Url { get; set; } = "http://127.0.0.1:8080";

    /// <summary>
    /// Host names that requests may carry, separated by semicolons; <c>*</c> is any.
    /// Not set: only the loopback names where <see cref="Url"/> is a loopback address (so that no foreign web page can read the
    /// alerts through a name it points at 127.0.0.1), any otherwise.
    /// </summary>
    public string? AllowedHosts { get; set; }

    /// <summary>Time between two queries of the journal for changes, in milliseconds; 50 to 60000.</summary>
    [SettingRange(Section, 50, 60_000)]
    public int PollIntervalMs { get; set; } = 250;

    /// <summary>Time between two signs of life to an open page, in seconds; 1 to 300.</summary>
    [SettingRange(Section, 1, 300)]
    public int HeartbeatSeconds { get; set; } = 15;

    /// <summary>Most pages open at once; 1 to 10000. Further ones are refused with status 503.</summary>
    [SettingRange(Section, 1, 10_000)]
    public int MaxClients { get; set; } = 200;

    /// <summary>
    /// YAML file of the tokens with which people and programs sign in (<c>lepton token</c> makes them). Not set: nobody signs in by token.
    /// </summary>
    public string? TokensFile { get; set; }

    /// <summary>Header in which an authenticating proxy names the person, such as X-Forwarded-User. Not set: no header counts.</summary>
    public string? TrustedUserHeader { get; set; }

    /// <summary>Addresses from which that header counts, as CIDR blocks separated by semicolons.</summary>
    public string TrustedProxies { get; set; } = "127.0.0.0/8;::1/128";

    /// <summary>The role of whom the proxy names.</summary>
    public AccessRole TrustedRole { get; set; } = AccessRole.Responder;

    /// <summary>The role of whoever neither has a token nor is named by a proxy; None shows nothing without signing in.</summary>
    public AccessRole AnonymousRole { get; set; } = AccessRole.Viewer;
}

[OptionsValidator]
internal sealed partial class DashboardRanges : IValidateOptions<DashboardOptions>;
