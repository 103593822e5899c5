using LeptonStream.Alerting;
using LeptonStream.Notifier.Channels;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace LeptonStream.Notifier.Outbox;

/// <summary>
/// Sends to one destination and guards it: an attempt has a time-out; a hiccup is tried again at once, twice; and when half of the attempts
/// fail, nothing is sent for a while. What is not delivered by this is the outbox's to postpone.
/// </summary>
internal sealed class DestinationSender
{
    private const int QuickRetries = 2;

    private static readonly ResiliencePropertyKey<int> AttemptCount = new("attempts");

    private readonly INotificationChannel _channel;
    private readonly TimeSpan _timeout;
    private readonly ResiliencePipeline<DeliveryOutcome> _pipeline;

    public DestinationSender(Destination destination, INotificationChannel channel, TimeSpan timeout, TimeProvider time)
    {
        Destination = destination;
        _channel = channel;
        _timeout = timeout;
        _pipeline = new ResiliencePipelineBuilder<DeliveryOutcome> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<DeliveryOutcome>
            {
                // After a time-out or a "not before" the receiver needs more than a moment.
                ShouldHandle = arguments =>
                    ValueTask.FromResult(arguments.Outcome.Result is { Result: DeliveryResult.Failed, RetryAfter: null }
                    && arguments.Outcome.Exception is null),
                MaxRetryAttempts = QuickRetries,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(200),
                UseJitter = true,
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<DeliveryOutcome>
            {
                ShouldHandle = arguments =>
                    ValueTask.FromResult(arguments.Outcome.Result.Result == DeliveryResult.Failed
                    || arguments.Outcome.Exception is TimeoutRejectedException),
                FailureRatio = 0.5,
                MinimumThroughput = 10,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = TimeSpan.FromSeconds(30),
            })
            .AddTimeout(timeout)
            .Build();
    }

    public Destination Destination { get; }

    /// <summary>The longest that <see cref="Send"/> may take.</summary>
    public TimeSpan LongestSend => (_timeout * (1 + QuickRetries)) + TimeSpan.FromSeconds(5);

    /// <summary>Sends; every failure is an answer and not an exception.</summary>
    public async Task<SendAnswer> Send(string id, Notification notification, CancellationToken cancellation)
    {
        var context = ResilienceContextPool.Shared.Get(cancellation);
        try
        {
            var outcome = await _pipeline.ExecuteAsync(
                static (context, state) =>
                {
                    context.Properties.Set(AttemptCount, context.Properties.GetValue(AttemptCount, 0) + 1);
                    return new ValueTask<DeliveryOutcome>(state._channel.Send(state.id, state.notification, context.CancellationToken));
                },
                context,
                (_channel, id, notification));
            return new SendAnswer(outcome, Attempts(context), WaitsForCircuit: null);
        }
        catch (TimeoutRejectedException late)
        {
            return new SendAnswer(DeliveryOutcome.Failed($"no answer within {late.Timeout.TotalSeconds:0.#} s"), Attempts(context),
                WaitsForCircuit: null);
        }
        catch (BrokenCircuitException open)
        {
            return new SendAnswer(DeliveryOutcome.Failed("held back: half of the last attempts to this destination failed"),
                Attempts(context), open.RetryAfter ?? TimeSpan.FromSeconds(30));
        }
        catch (Exception unforeseen) when (unforeseen is not OperationCanceledException)
        {
            // Its words may hold an address that is a secret.
            return new SendAnswer(DeliveryOutcome.Failed($"the channel failed: {unforeseen.GetType().Name}"), Attempts(context),
                WaitsForCircuit: null);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static int Attempts(ResilienceContext context) => context.Properties.GetValue(AttemptCount, 0);
}

/// <summary>The outcome of sending one notification.</summary>
/// <param name="Outcome">The last attempt's outcome.</param>
/// <param name="Attempts">Number of attempts; 0 while the circuit is open.</param>
/// <param name="WaitsForCircuit">Time for which the destination is left alone; null where the circuit is closed.</param>
internal readonly record struct SendAnswer(DeliveryOutcome Outcome, int Attempts, TimeSpan? WaitsForCircuit);
