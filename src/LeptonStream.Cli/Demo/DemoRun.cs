using System.Diagnostics;
using Confluent.Kafka;
using Dapper;
using LeptonStream.Kafka;
using LeptonStream.Output;
using LeptonStream.Simulator;

namespace LeptonStream.Cli.Demo;

/// <summary>Sends the story to the roles on the stage and compares their alerts with the script.</summary>
/// <remarks>
/// <code>
///   (1) send     fleet ─▶ lepton.metrics ─▶ detector ─▶ lepton.alerts ─▶ notifier ─▶ journal, webhook
///   (2) listen                                              └─▶ verdicts
///   (3) settle   until every event is read here and in the journal, and the last notification has arrived
///   (4) judge    the counts of all of them
///   (5) end      say that the runs are over: whoever looks around afterwards would see them die
/// </code>
/// </remarks>
internal sealed class DemoRun : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Far beyond the group interval of the routes: a group that has more to send has sent it.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly DemoOptions _options;
    private readonly DemoStage _stage;
    private readonly Stopwatch _elapsed;
    private readonly FleetSimulator _fleet;
    private readonly FleetProducer _producer;
    private readonly AlertTail _tail;
    private readonly Stopwatch _telling = new();
    private volatile Phase _phase = new("starting", TimeSpan.Zero);

    public DemoRun(DemoOptions options, DemoStage stage, Stopwatch elapsed)
    {
        _options = options;
        _stage = stage;
        _elapsed = elapsed;
        _fleet = new(options.Story);
        _producer = new(stage.Cluster.Kafka, stage.Cluster.Topics, options.Partitions, stage.Cluster.DetectorGroup, stage.Log);
        _tail = new(stage.Cluster.Kafka, stage.Cluster.Topics, options.Partitions, new(options.Story, _fleet.Script, _fleet.Quiet),
            stage.Log);
    }

    /// <summary>The progress; may be read from any thread.</summary>
    public DemoProgress Progress => new(
        _phase.Name, _phase.Began, _producer.Elapsed, _options.Story.Duration, _producer.Samples,
        _telling.Elapsed > TimeSpan.Zero ? _producer.Samples / _telling.Elapsed.TotalSeconds : 0,
        _stage.Sink.Received, _tail.View(), _stage.Dashboard);

    /// <summary>Runs the whole of it.</summary>
    /// <exception cref="InvalidOperationException">A role can't go on, or doesn't come to an end; the message says which and
    /// why.</exception>
    public async Task<DemoResult> Run(CancellationToken stop)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop, _stage.Broken);
        using var deaf = CancellationTokenSource.CreateLinkedTokenSource(ends.Token);

        // :: (2) Listen, from before the first word on.
        var listening = OnItsOwnThread(() => _tail.Run(deaf.Token));
        try
        {
            // :: (1) Produce.
            Enter($"learning a quiet {ElapsedText.Of(_options.Story.Calm)}, as fast as it goes, on {_stage.Cluster.Name}");
            _telling.Start();
            await OnItsOwnThread(() =>
                _producer.Produce(_fleet, _options.Duration, BeginFaults, ends.Token));
            _telling.Stop();

            // :: (3) Drain.
            Enter("waiting for the last notifications");
            await Drain(ends.Token);
            await deaf.CancelAsync();
            await listening;

            // :: (4) Judge.
            Enter("done");
            var result = await Judge();

            // :: (5) End.
            _producer.Finish(_fleet);
            return result;
        }
        catch (OperationCanceledException) when (_stage.Failure is { } failure && !stop.IsCancellationRequested)
        {
            throw new InvalidOperationException(failure);
        }
        finally
        {
            // Nobody may free the client while its thread is in it.
            await deaf.CancelAsync();
            await Task.WhenAny(listening);
        }
    }

    private void BeginFaults()
    {
        _stage.HasStarted();
        Enter($"sending the faults to {_stage.Cluster.Name}");
    }

    private void Enter(string phase) => _phase = new(phase, _producer.Elapsed);

    public void Dispose()
    {
        _tail.Dispose();
        _producer.Dispose();
        _fleet.Dispose();
    }

    private async Task Drain(CancellationToken stop)
    {
        var deadline = Stopwatch.StartNew();
        for (var quiet = Stopwatch.StartNew(); quiet.Elapsed < Quiet;)
        {
            var received = _stage.Sink.Received;
            await Task.Delay(100, stop);
            var (journalled, sent, unsent) = await Count();
            var settled = _tail.IsAtEnd() && journalled == _tail.View().Events && unsent == 0 && received >= sent
                && _stage.Sink.Received == received;
            if (!settled) quiet.Restart();
            // The verdict on the run names what does not agree.
            if (deadline.Elapsed > Patience) return;
        }
    }

    private async Task<DemoResult> Judge()
    {
        var view = _tail.View();
        var (journalled, sent, unsent) = await Count();
        return new()
        {
            Faults = view.Faults,
            FalseAlerts = view.FalseAlerts,
            Consequences = view.Consequences,
            Samples = _producer.Samples,
            Events = view.Events,
            Journalled = journalled,
            DeadLetters = DeadLetters(),
            Notifications = _stage.Sink.Received,
            Sent = sent,
            Unsent = unsent,
            Telling = _telling.Elapsed,
            Elapsed = _elapsed.Elapsed,
        };
    }

    private async Task<(int Journalled, int Sent, int Unsent)> Count()
    {
        await using var connection = await _stage.Journal.Open();
        return await connection.QuerySingleAsync<(int, int, int)>(
            """
            select (select count(*) from alert_event),
                   (select count(*) from notification where status = 'sent'),
                   (select count(*) from notification where status not in ('sent', 'folded'))
            """);
    }

    private long DeadLetters()
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(ClientSettings.Consumer(_stage.Cluster.Kafka, "demo", "lepton-demo"))
            .LogTo(_stage.Log).Build();
        return Enumerable.Range(0, _options.Partitions)
            .Select(p => consumer.QueryWatermarkOffsets(new(_stage.Cluster.Topics.DeadLetters, p), Patience))
            .Sum(ends => ends.High.Value - ends.Low.Value);
    }

    // The native clients block their callers.
    private static Task OnItsOwnThread(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private sealed record Phase(string Name, TimeSpan Began);
}
