using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LeptonStream.Health;

/// <summary>Asks every role of the process; all must be well.</summary>
internal sealed class RoleHealthCheck(IEnumerable<IRoleHealth> roles, Func<IRoleHealth, HealthReport> ask) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var reports = roles.Select(role => (role.Role, Report: ask(role))).ToArray();
        var detail = string.Join('\n', reports.Select(r => $"{r.Role}: {r.Report.Detail}"));
        var isWell = reports.All(r => r.Report.IsHealthy);
        return Task.FromResult(new HealthCheckResult(isWell ? HealthStatus.Healthy : HealthStatus.Unhealthy, detail));
    }
}
