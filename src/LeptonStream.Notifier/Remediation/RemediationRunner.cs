using System.Data.Common;
using LeptonStream.Alerting.Remediation;
using LeptonStream.Health;
using LeptonStream.Notifier.Journal;
using LeptonStream.Notifier.Outbox;
using LeptonStream.Notifier.Routing;
using LeptonStream.Resilience;
using LeptonStream.Samples;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Notifier.Remediation;

/// <summary>
/// Executes the actions that <see cref="Remediations"/> started, one after the other: at least once, each under one id. A few attempts
/// within minutes are all: an action that comes late may meet another trouble.
/// </summary>
internal sealed partial class RemediationRunner(
    RemediationOutbox outbox,
    [FromKeyedServices(RemedyKind.Webhook)] IRemedy webhook,
    [FromKeyedServices(RemedyKind.Kafka)] IRemedy kafka,
    [FromKeyedServices(RemedyKind.Kubernetes)] IRemedy kubernetes,
    RoutingSource routing,
    JournalStart start,
    NotifierMetrics metrics,
    TimeProvider time,
    ILogger<RemediationRunner> logger) : BackgroundService
{
    private const int MostAttempts = 5;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await start.Completed.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // One in hand comes free when its lease ends.
        await Rounds.Run(RunDue, Every, time, logger, stoppingToken);
    }

    /// <summary>Executes all that are due.</summary>
    public async Task RunDue(CancellationToken stop)
    {
        try
        {
            while (await outbox.Claim(time.Now(), Lease, stop) is { } row)
            {
                // The attempt that ends a process is never recorded as failed.
                var outcome = row.Attempts > MostAttempts
                    ? new(RemedyResult.Never, $"begun {MostAttempts} times, and no attempt came to its end")
                    : await Execute(row, stop);
                Log.Executed(logger, row.ActionId, row.Policy, row.AlertId, outcome.Result, outcome.Text ?? "");
                await Record(row, outcome, stop);
            }
        }
        catch (DbException)
        {
            // The worker says so; the lease ends.
        }
    }

    private async Task<RemedyOutcome> Execute(RemediationRow row, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        try
        {
            var remedy = row.Kind switch { "kafka" => kafka, "kubernetes" => kubernetes, "webhook" => webhook, _ => null };
            // A later version decided it: no other kind may stand for that.
            return remedy is null ? new(RemedyResult.Never, $"this version knows no actions of the kind '{row.Kind}'")
                : await remedy.Execute(row, limit.Token).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new(RemedyResult.Later, $"no answer within {Patience.TotalSeconds:0} s");
        }
        catch (Exception unforeseen) when (unforeseen is not (OperationCanceledException or OutOfMemoryException))
        {
            // Of a client library, or of an answer that nobody expected: it is this action's trouble, and not that of the others.
            return new(RemedyResult.Later, $"{unforeseen.GetType().Name}: {unforeseen.Message}");
        }
    }

    private async Task Record(RemediationRow row, RemedyOutcome outcome, CancellationToken stop)
    {
        var now = time.Now();
        var (state, isRecorded) = outcome.Result switch
        {
            RemedyResult.Done => (RemediationStates.Done, await outbox.Done(row, outcome.Text, VerifyWithin(row), now, stop)),
            RemedyResult.Blocked => (RemediationStates.Blocked, await outbox.Block(row, outcome.Text ?? "", now, stop)),
            RemedyResult.Later when row.Attempts < MostAttempts => ("", await outbox.Retry(row, outcome.Text ?? "",
                now + (4 * RetrySchedule.After((int)row.Attempts, Random.Shared.NextDouble())), now, stop)),
            _ => (RemediationStates.Failed, await outbox.Fail(row, outcome.Text ?? "", now, stop)),
        };
        if (isRecorded && state.Length > 0) metrics.Action(state);
    }

    private TimeSpan VerifyWithin(RemediationRow row) =>
        routing.Current.Policies.FirstOrDefault(policy => policy.Name == row.Policy)?.VerifyWithin ?? TimeSpan.FromMinutes(15);

    private static partial class Log
    {
        [LoggerMessage(2220, LogLevel.Information, "Action {Action} of policy {Policy} for alert {Alert}: {Result} {Text}")]
        public static partial void Executed(ILogger logger, string action, string policy, string alert, RemedyResult result, string text);
    }
}
