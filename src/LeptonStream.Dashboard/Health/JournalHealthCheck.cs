using LeptonStream.Dashboard.Alerts;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LeptonStream.Dashboard.Health;

/// <summary>Whether the journal answers.</summary>
internal sealed class JournalHealthCheck(AlertQueries journal) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await journal.LastSeqAsync(cancellationToken);
            return HealthCheckResult.Healthy("dashboard: the journal answers");
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Why is in the log; a probe's answer holds nothing of the database.
            return HealthCheckResult.Unhealthy("dashboard: the journal does not answer", failure);
        }
    }
}
