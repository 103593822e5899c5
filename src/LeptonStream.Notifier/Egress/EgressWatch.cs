using LeptonStream.Health;
using LeptonStream.Notifier.Routing;
using LeptonStream.Resilience;
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

    // Between two looks, also behind one that failed.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly TroubleLog _troubles = new(logger, time);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.Run(Look, Pause, time, logger, stoppingToken);

    private async Task Look(CancellationToken stop)
    {
        var changed = routing.Changed;
        Report(await BlockedTargets.Of(routing.Current, options.Value, stop));
        await Task.WhenAny(changed, Task.Delay(Every, time, stop));
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
