using LeptonStream.Kafka;
using LeptonStream.Simulator;
using Microsoft.Extensions.Configuration;

namespace LeptonStream.Cli.Demo;

/// <summary>Options of the demo.</summary>
internal sealed record DemoOptions
{
    /// <summary>The story that is played.</summary>
    public required Story Story { get; init; }

    /// <summary>
    /// How long the part with the faults shall take; null for as fast as the pipeline can. It takes longer where the pipeline needs longer.
    /// </summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>A real cluster instead of the embedded broker.</summary>
    public KafkaOptions? Kafka { get; init; }

    /// <summary>Settings of the roles beyond those that make it a demo.</summary>
    public IConfiguration? Settings { get; init; }

    /// <summary>End when the story is over, instead of keeping the dashboard up.</summary>
    public bool Once { get; init; }

    public bool Dashboard { get; init; } = true;

    /// <summary>Partitions of the topics.</summary>
    public int Partitions { get; init; } = 4;
}
