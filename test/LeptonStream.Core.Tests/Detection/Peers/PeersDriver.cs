using LeptonStream.Alerting;
using LeptonStream.Alerts;
using LeptonStream.Core.Tests.Detectors;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;
using LeptonStream.Series;

namespace LeptonStream.Core.Tests.Detection.Peers;

/// <summary>Ranks of one job in the live pipeline, a sample a minute each: noise of 100 ± 2, and what a test makes of it.</summary>
internal sealed class PeersDriver(int ranks, PolicySettings settings, string metric = "step_time_s", double noise = 2)
{
    private readonly Random _random = new(21);
    private readonly double[] _counted = new double[ranks];

    /// <summary>Only the level <c>peers</c>, without regard to deviations.</summary>
    public static readonly PolicySettings Alone = new() { Detectors = DetectorChange.Replace(DetectorSet.Of([DetectorSet.Peers])),
        MinimumRelativeDeviation = 0 };

    /// <summary>The levels of the default, and <c>peers</c>.</summary>
    public static readonly PolicySettings Beside = new()
        { Detectors = DetectorChange.Replace(DetectorSet.Of([.. DetectorSet.Default.Names, DetectorSet.Peers])) };

    public PipelineTestDriver Pipeline { get; } = new(policies: Of(settings));

    public List<AlertEvent> Events => Pipeline.Events;

    /// <summary>The alerts that opened.</summary>
    public List<AlertEvent> Opened => Events.FindAll(e => e.Type == AlertEventType.Opened);

    /// <summary>Policies by which ranks are judged so, and all else as ever.</summary>
    public static PolicySet Of(PolicySettings settings) =>
        new([new([Matcher.Of("rank", MatchOperator.Matches, ".+")], settings)], PolicySettings.None, PresetCatalog.Default);

    /// <summary>Sends rounds of samples.</summary>
    /// <param name="rounds">How many, one a minute.</param>
    /// <param name="on">The value of a rank from its number and its noise about 100.</param>
    /// <param name="isCounter">Whether values are rates of what is counted, from another start for each rank.</param>
    public void Send(int rounds, Func<int, double, double>? on = null, bool isCounter = false)
    {
        for (var round = 0; round < rounds; round++)
        {
            for (var rank = 0; rank < ranks; rank++)
            {
                var value = 100 + (noise * Streams.Gauss(_random));
                if (on is not null) value = on(rank, value);
                if (isCounter) value = _counted[rank] = (_counted[rank] == 0 ? 1e6 * rank : _counted[rank]) + (60 * value);
                Say(rank, value, rank == 0 ? 60 : 0);
            }
        }
    }

    /// <summary>Sends one sample.</summary>
    public void Say(int rank, double value, int seconds) => Pipeline.Step("llama", metric, value, seconds, $$"""{"rank":"{{rank}}"}""");
}
