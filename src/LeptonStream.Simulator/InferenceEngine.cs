using Names = LeptonStream.Simulator.MetricNames;

namespace LeptonStream.Simulator;

/// <summary>
/// A served model. Demand drives all of it: running requests by Little's law, cache by running requests, queue and latency by how full it
/// is.
/// </summary>
internal sealed class InferenceEngine : IFleetSource
{
    private const int CanaryQuestions = 400;
    private const int LongestQueue = 600;
    private static readonly TimeSpan CanaryEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(45);

    private readonly InferenceProfile _profile;
    private readonly FaultScript _script;
    private readonly QuietEvents _quiet;
    private readonly Noise _noise;
    private readonly Wander _demand;
    private readonly MessageWriter _writer;
    private Reading _last;
    private double _backlog;
    private double _held;

    public InferenceEngine(int seed, InferenceProfile profile, FaultScript script, QuietEvents quiet)
    {
        _profile = profile;
        _script = script;
        _quiet = quiet;
        _noise = new Noise(seed, profile.Model);
        _demand = new Wander(_noise, TimeSpan.FromMinutes(15));
        _writer = new MessageWriter(profile.Model, array: false);
    }

    public FleetMessage Sample(in Moment now)
    {
        var reading = Live(now);
        if (Fault(FaultKind.FrozenExporter, now) == 0) _last = reading;

        _writer.Begin(now);
        _writer.BeginEntity(("instance", _profile.Instance));
        _writer.Metric(Names.TimeToFirstToken, _last.TimeToFirstToken);
        _writer.Metric(Names.InterTokenLatency, _last.InterTokenLatency);
        _writer.Metric(Names.Running, _last.Running);
        _writer.Metric(Names.Waiting, _last.Waiting);
        _writer.Metric(Names.KvCacheUsage, _last.KvCacheUsage);
        _writer.Metric(Names.ErrorRate, _last.ErrorRate);
        _writer.Metric(Names.TokensOut, _last.TokensOut);
        _writer.Metric(Names.CanaryAccuracy, _last.CanaryAccuracy);
        _writer.EndEntity();
        return _writer.End(now);
    }

    public void Dispose() => _writer.Dispose();

    private double Fault(FaultKind kind, in Moment now) => _profile.Faults.Contains(kind) ? _script.Intensity(kind, now) : 0;

    private Reading Live(in Moment now)
    {
        var seconds = now.Interval.TotalSeconds;
        var perSecond = _profile.RequestsPerSecond * LoadShape.At(now.Elapsed, _profile.Shift)
            * Math.Exp(0.05 * _demand.Next(now)) * (1 + (0.2 * _quiet.BumpShare(_profile.Model, now)));
        var requests = _noise.Count(perSecond * seconds);
        var load = perSecond / _profile.Capacity;

        // A rolling restart: half of the replicas are away.
        var away = 0.5 * _quiet.DeploymentShare(_profile.Model, now);
        var slower = 1 + (0.35 * Fault(FaultKind.LatencyRegression, now));
        var stalled = Fault(FaultKind.StalledEngine, now) > 0;
        _backlog = stalled ? Math.Min(LongestQueue, _backlog + requests) : _backlog * now.Keep(Drain);

        var latency = _profile.InterTokenMilliseconds * (1 + (0.25 * load * load)) * (1 + (0.03 * _noise.Normal())) * slower;
        var running = perSecond * _profile.TokensPerAnswer * latency / 1000 * (1 - (0.7 * away)) * (1 + (0.05 * _noise.Normal()));
        if (!stalled) _held = running;
        var cache = Math.Min(0.995, (0.05 + (_held * _profile.CachePerRequest) + (0.5 * Fault(FaultKind.KvCacheLeak, now))) * (
            1 + (0.015 * _noise.Normal())));
        var pressure = Math.Max(0, cache - 0.9) * 10;
        var waiting = _noise.Count(0.2 + (9 * Math.Max(0, load - 0.55)) + (12 * away) + (20 * pressure)) + _backlog;
        var first = _profile.FirstTokenMilliseconds * (1 + (0.9 * load * load * load)) * Math.Exp(0.12 * _noise.HeavyAbove())
            * slower * (1 + (0.5 * away) + (0.6 * pressure));

        var failing = 0.001 + (0.04 * Fault(FaultKind.ErrorBurst, now));
        if (stalled && _backlog >= LongestQueue) failing = 0.5;
        var failed = Math.Min(requests, _noise.Count(failing * requests));
        var tokens = (requests - failed) * _profile.TokensPerAnswer / seconds * (1 - (0.4 * away)) * (1 + (0.02 * _noise.Normal()));

        return new Reading
        {
            TimeToFirstToken = stalled ? null : first,
            InterTokenLatency = stalled ? null : latency,
            Running = Math.Round(_held),
            Waiting = Math.Round(waiting),
            KvCacheUsage = cache,
            ErrorRate = requests == 0 ? 0 : (double)failed / requests,
            TokensOut = stalled ? 0 : tokens,
            CanaryAccuracy = Canary(now, stalled),
        };
    }

    // Asked every minute: most samples have none.
    private double? Canary(in Moment now, bool stalled)
    {
        var share = _profile.Accuracy - (0.08 * Fault(FaultKind.AccuracyDrop, now));
        var right = Math.Round((CanaryQuestions * share) + (Math.Sqrt(CanaryQuestions * share * (1 - share)) * _noise.Normal()));
        var due = Math.Floor(now.Elapsed / CanaryEvery) > Math.Floor((now.Elapsed - now.Interval) / CanaryEvery);
        return due && !stalled ? Math.Clamp(right / CanaryQuestions, 0, 1) : null;
    }

    private record struct Reading
    {
        public double? TimeToFirstToken { get; init; }

        public double? InterTokenLatency { get; init; }

        public double Running { get; init; }

        public double Waiting { get; init; }

        public double KvCacheUsage { get; init; }

        public double ErrorRate { get; init; }

        public double TokensOut { get; init; }

        public double? CanaryAccuracy { get; init; }
    }
}
