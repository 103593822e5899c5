using System.Globalization;
using Names = LeptonStream.Simulator.MetricNames;

namespace LeptonStream.Simulator;

/// <summary>
/// The eight GPUs under the training job: power follows work and clock, temperature follows power with a lag, the clock gives way to heat.
/// </summary>
internal sealed class GpuNode : IFleetSource
{
    private const double IdleWatts = 120;
    private const double WorkWatts = 540;
    private const double FullClock = 1980;
    private const double ThrottleCelsius = 84;
    private const double LostCooling = 34;
    private const int FailingCooler = 3;
    private const int FailingMemory = 6;
    private const int HighSingleBitRate = 92;
    private static readonly TimeSpan ThermalLag = TimeSpan.FromMinutes(3);

    private readonly FaultScript _script;
    private readonly Ranks _ranks;
    private readonly Noise _noise;
    private readonly Wander _room;
    private readonly double[] _offset = new double[Ranks.Count];
    private readonly double[] _celsius = new double[Ranks.Count];
    private readonly long[] _singleBit = new long[Ranks.Count];
    private readonly MessageWriter _writer = new(Names.Pool, array: true);

    public GpuNode(int seed, FaultScript script, Ranks ranks)
    {
        _script = script;
        _ranks = ranks;
        _noise = new Noise(seed, Names.Pool);
        _room = new Wander(_noise, TimeSpan.FromHours(2));
        for (var gpu = 0; gpu < Ranks.Count; gpu++)
        {
            _offset[gpu] = 1.5 * _noise.Normal();
            _celsius[gpu] = 60 + _offset[gpu];
        }
    }

    public FleetMessage Sample(in Moment now)
    {
        var room = 26 + (0.6 * _room.Next(now)) + (1.2 * (LoadShape.At(now.Elapsed, TimeSpan.Zero) - 1));
        _writer.Begin(now);
        for (var gpu = 0; gpu < Ranks.Count; gpu++) Write(now, gpu, room);
        return _writer.End(now);
    }

    public void Dispose() => _writer.Dispose();

    private void Write(in Moment now, int gpu, double room)
    {
        var watts = IdleWatts + (WorkWatts * _ranks.Busy[gpu] * _ranks.Clock[gpu] * _ranks.Clock[gpu]) + (6 * _noise.Normal());
        var heat = gpu == FailingCooler ? LostCooling * _script.Intensity(FaultKind.ThermalThrottling, now) : 0;
        var target = room + (0.062 * watts) + _offset[gpu] + heat;
        _celsius[gpu] = target + ((_celsius[gpu] - target) * now.Keep(ThermalLag));
        _ranks.Clock[gpu] = Math.Clamp(1 - ((_celsius[gpu] - ThrottleCelsius) * 0.03), 0.5, 1);

        _writer.BeginEntity(("instance", "node-07"), ("gpu", gpu.ToString(CultureInfo.InvariantCulture)));
        _writer.Metric(Names.Utilization,
            Math.Round(Math.Clamp(100 * (1 - (0.9 * _ranks.Idle)) - Math.Abs(1.2 * _noise.Normal()), 0, 100)));
        _writer.Metric(Names.Temperature, Math.Round(_celsius[gpu]));
        _writer.Metric(Names.Power, watts);
        _writer.Metric(Names.SmClock, 15 * Math.Round(((FullClock * _ranks.Clock[gpu]) - (_noise.Uniform() < 0.03 ? 15 : 0)) / 15));
        _writer.Metric(Names.MemoryUsed, 71_680 + (2 * Math.Round(40 * _noise.Normal())));
        WriteErrors(now, gpu);
        _writer.EndEntity();
    }

    private void WriteErrors(in Moment now, int gpu)
    {
        var storm = gpu == FailingMemory ? _script.Intensity(FaultKind.EccStorm, now) : 0;
        var perSecond = (1.0 / 32_400) + (1.6 * storm);
        _singleBit[gpu] += _noise.Count(perSecond * now.Interval.TotalSeconds);

        // The repair is a reset of the GPU, which clears what it counted.
        if (gpu == FailingMemory && _script.JustEnded(FaultKind.EccStorm, now, now.Interval)) _singleBit[gpu] = 0;
        _writer.Metric(Names.EccSingleBit, _singleBit[gpu]);
        _writer.Metric(Names.Xid, storm > 0 && _singleBit[gpu] > 100 ? HighSingleBitRate : 0);
    }
}
