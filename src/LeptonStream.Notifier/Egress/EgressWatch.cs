using LeptonStream.Health;
using LeptonStream.Notifier.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LeptonStream.Notifier.Egress;

/// <summary>
/// Says at the start, and after each change of the routes, which channels are blocked: nobody shall learn it by a page that fails.
/// </summary>
internal sealed class EgressWatch(
    RoutingSource routing,
    IOptions<NotifierOptions> options,
    [FromKeyedServices(RoleNames.Notifier)] LoopHealth health,
    TimeProvider time,
    ILogger<EgressWatch> logger) : BackgroundService
{
    private const int MostNamed = 5;

    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private readonly TroubleLog _troubles = new(logger, time);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var changed = routing.Changed;
                Report(await BlockedTargets.Of(routing.Current, options.Value, stoppingToken));
                await Task.WhenAny(changed, Task.Delay(Every, time, stoppingToken));
                stoppingToken.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The role ends.
        }
    }

    private void Report(IReadOnlyList<string> blocked)
    {
        var problem = blocked.Count == 0 ? null : RoleProblem.Of(ProblemCode.ChannelsBlocked, ("detail",
            string.Join("; ", blocked.Count > MostNamed ? [.. blocked.Take(MostNamed), "…"] : blocked)));
        _troubles.Set("channels", problem?.Text);
        _troubles.Report();
        health.SetDegradation(Concern.Egress, problem);
    }
}
