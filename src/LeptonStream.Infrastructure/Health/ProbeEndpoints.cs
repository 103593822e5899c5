using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using FrameworkReport = Microsoft.Extensions.Diagnostics.HealthChecks.HealthReport;

namespace LeptonStream.Health;

/// <summary>
/// The health checks of the process and where probes ask for them: <c>/healthz/live</c> and <c>/healthz/ready</c>, and the same under the
/// names that Prometheus and Alertmanager give them, <c>/-/healthy</c> and <c>/-/ready</c>.
/// </summary>
public static class ProbeEndpoints
{
    /// <summary>Tag of checks whether the process does its job now.</summary>
    public const string Ready = "ready";

    private const string Live = "live";
    private static readonly (string Address, string Probe)[] Addresses =
        [("/healthz/live", Live), ("/healthz/ready", Ready), ("/-/healthy", Live), ("/-/ready", Ready)];

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>
    /// Registers the checks of all roles (<see cref="IRoleHealth"/>) of this process; a role may add its own, tagged <see cref="Ready"/>.
    /// </summary>
    public static IHealthChecksBuilder AddProbes(this IServiceCollection services)
    {
        // The roles log what is wrong themselves, once a minute; probes ask every few seconds.
        services.AddLogging(log => log.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None));
        return services.AddHealthChecks()
            .Add(Check(Live, role => role.Live()))
            .Add(Check(Ready, role => role.Ready()));
    }

    /// <summary>Serves the addresses.</summary>
    public static void MapProbes(this IEndpointRouteBuilder routes)
    {
        foreach (var (address, probe) in Addresses)
        {
            routes.MapHealthChecks(address, new() { Predicate = check => check.Tags.Contains(probe), ResponseWriter = Write })
                .WithMetadata(new HttpMethodMetadata(Methods))
                .DisableHttpMetrics()
                .AllowAnonymous();
        }
    }

    /// <summary>Whether an address is one of a probe.</summary>
    public static bool Serves(PathString path) => path.StartsWithSegments("/healthz") || path.StartsWithSegments("/-");

    private static HealthCheckRegistration Check(string tag, Func<IRoleHealth, HealthReport> ask) =>
        new(tag, provider => new RoleHealthCheck(provider.GetServices<IRoleHealth>(), ask), HealthStatus.Unhealthy, [tag]);

    private static Task Write(HttpContext context, FrameworkReport report)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        var lines = report.Entries.Values.Select(entry => entry.Description).Where(line => !string.IsNullOrEmpty(line));
        return context.Response.WriteAsync(string.Concat(lines.Select(line => $"{line}\n")));
    }
}
