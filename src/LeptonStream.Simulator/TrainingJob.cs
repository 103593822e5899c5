using System.Globalization;
using Names = LeptonStream.Simulator.MetricNames;

namespace LeptonStream.Simulator;

/// <summary>
/// A pre-training job on eight ranks: the loss falls by a power law, the learning rate warms up and decays, all ranks wait for the slowest.
/// </summary>
internal sealed class TrainingJob : IFleetSource
{
    private const string Job = "pretrain-0042";
    private const string Finished = "finished";
    private const double ComputeSeconds = 4.1;
    private const double CommunicationSeconds = 0.5;
    private const double TokensPerStep = 4_194_304;
    private const double PeakLearningRate = 3e-4;
    private const int WarmUpSteps = 400;
    private const int DecaySteps = 200_000;
    private static readonly TimeSpan Restart = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan Recovery = TimeSpan.FromMinutes(4);

    private readonly FaultScript _script;
    private readonly Ranks _ranks;
    private readonly Noise _noise;
    private readonly Wander _network;
    private readonly double[] _skew = new double[Ranks.Count];
    private readonly double[] _stepTimes = new double[Ranks.Count];
    private readonly MessageWriter _writer = new(Names.Training, array: true);
    private double _step;
    private double _checkpoint;
    private double _explosion;
    private bool _wasBroken;

    public TrainingJob(int seed, FaultScript script, Ranks ranks)
    {
        _script = script;
        _ranks = ranks;
        _noise = new Noise(seed, Names.Training);
        _network = new Wander(_noise, TimeSpan.FromMinutes(8));
        for (var rank = 0; rank < _skew.Length; rank++) _skew[rank] = 1 + (0.01 * _noise.Normal());
    }

    public FleetMessage Sample(in Moment now)
    {
        var broken = _script.Intensity(FaultKind.NanLoss, now) > 0;
        var restarting = _script.JustEnded(FaultKind.NanLoss, now, Restart);
        if (_wasBroken && !broken) _step = _checkpoint;
        _wasBroken = broken;

        var checkpoint = QuietEvents.CheckpointShare(now);
        var evaluation = QuietEvents.EvaluationShare(now);
        if (checkpoint > 0 && !broken) _checkpoint = _step;
        _ranks.Idle = restarting ? 1 : checkpoint;

        var seconds = Compute(now);
        var training = Math.Max(0, 1 - _ranks.Idle - evaluation);
        _step += training * now.Interval.TotalSeconds / seconds;
        for (var rank = 0; rank < Ranks.Count; rank++) _ranks.Busy[rank] = (1 - _ranks.Idle) * _stepTimes[rank] / seconds;

        _writer.Begin(now);
        WriteJob(now, training, seconds, broken);
        for (var rank = 0; rank < Ranks.Count; rank++)
        {
            _writer.BeginEntity(("rank", rank.ToString(CultureInfo.InvariantCulture)), step: (long)_step);
            _writer.Metric(Names.StepTime, restarting ? null : _stepTimes[rank]);
            _writer.EndEntity();
        }

        return _writer.End(now);
    }

    /// <summary>Says of the job and of each rank that it has ended on purpose.</summary>
    public FleetMessage Finish(in Moment now)
    {
        _writer.Begin(now);
        WriteEnd("job", Job);
        for (var rank = 0; rank < Ranks.Count; rank++) WriteEnd("rank", rank.ToString(CultureInfo.InvariantCulture));
        return _writer.End(now);
    }

    public void Dispose() => _writer.Dispose();

    private void WriteEnd(string label, string value)
    {
        _writer.BeginEntity((label, value), step: (long)_step);
        _writer.Metric(Finished, 1);
        _writer.EndEntity();
    }

    /// <summary>The time each rank needs to reach the all-reduce, and the whole step's: the slowest and the exchange.</summary>
    private double Compute(in Moment now)
    {
        var slowest = 0.0;
        for (var rank = 0; rank < Ranks.Count; rank++)
        {
            var hiccup = _noise.Uniform() < 0.0008 ? 1.12 : 1;
            var own = ComputeSeconds * _skew[rank] * (1 + (0.011 * _noise.Normal())) * hiccup / Math.Pow(_ranks.Clock[rank], 0.8);
            if (rank == 5) own *= 1 + (0.30 * _script.Intensity(FaultKind.StragglerRank, now));
            _stepTimes[rank] = own;
            slowest = Math.Max(slowest, own);
        }

        return slowest + (CommunicationSeconds * Math.Exp(0.15 * _network.Next(now)));
    }

    private void WriteJob(in Moment now, double training, double seconds, bool broken)
    {
        var measured = training > 0.25;
        var blowUp = _script.Intensity(FaultKind.GradientExplosion, now);
        _explosion = blowUp > 0 ? blowUp : _explosion * now.Keep(Recovery);

        var rate = LearningRate();
        var smooth = 1.9 + (9 * Math.Pow(1 + (_step / 40), -0.5));
        var loss = (smooth * (1 + (0.012 * _noise.HeavyAbove()))) + (_explosion * 0.8 * (0.7 + (0.6 * _noise.Uniform())));
        var gradient = (0.4 + (1.5 * Math.Pow(1 + (_step / 100), -0.5))) * Math.Exp(0.10 * _noise.HeavyAbove()) * (1 + (11 * _explosion));
        var update = rate * 900 * (1 + (0.03 * _noise.Normal())) * (1 + (0.6 * _explosion));
        var throughput = training / seconds;

        _writer.BeginEntity(("job", Job), step: (long)_step);
        _writer.Metric(Names.Loss, !measured ? null : broken ? double.NaN : loss);
        _writer.Metric(Names.GradNorm, !measured ? null : broken ? double.NaN : gradient);
        _writer.Metric(Names.LearningRate, rate);
        _writer.Metric(Names.UpdateNorm, !measured ? null : broken ? double.NaN : update);
        _writer.Metric(Names.TokensPerSecond, TokensPerStep * throughput);
        _writer.Metric(Names.Mfu, 0.42 * (ComputeSeconds + CommunicationSeconds) * throughput);
        _writer.EndEntity();
    }

    private double LearningRate()
    {
        if (_step < WarmUpSteps) return PeakLearningRate * (_step + 1) / WarmUpSteps;
        var progress = Math.Min(1, (_step - WarmUpSteps) / DecaySteps);
        return PeakLearningRate * (0.1 + (0.45 * (1 + Math.Cos(Math.PI * progress))));
    }
}
