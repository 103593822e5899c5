using LeptonStream.Tuning;

namespace LeptonStream.Detection.Peers;

/// <summary>The tuned constants of the comparison of a series with its siblings.</summary>
internal sealed record PeersTuning
{
    private const string OfEquals = "chosen by hand; equal siblings name hardly ever one (PeerRegistryTests)";

    public static PeersTuning Default { get; } = new();

    [Tuned("scales from which on a member may be the odd one of its group", "chosen by hand; GPUs of the simulated fleet (accuracy.md)")]
    public double AnomalousFrom { get; init; } = 6;

    [Tuned("siblings below which nothing is compared", "of fewer the middle is no more than a guess")]
    public int MinSiblings { get; init; } = 4;

    [Tuned("times the reported score at which a score is reported again", "as for series (ADR 0006)")]
    public double WorseFactor { get; init; } = 2;

    [Tuned("scales within which a member is near its siblings", "a member that they get used to goes through the line slowly")]
    public double Near { get; init; } = 2;

    [Tuned("samples near its siblings after which a score is reported again",
        "a member that they get used to goes through the line slowly")]
    public int NearFor { get; init; } = 5;

    [Tuned("rounds before a member is judged", "chosen by hand; neutral until then (PeerRegistryTests)")]
    public int WarmUp { get; init; } = 30;

    [Tuned("rounds for which a member's usual distance is remembered",
        "chosen by hand; a lasting difference becomes usual slowly (PeerRegistryTests)")]
    public double OwnMemory { get; init; } = 1_000;

    [Tuned("rounds for which the usual scale of the group is remembered", OfEquals)]
    public double UsualMemory { get; init; } = 100;

    [Tuned("scales that one round counts at most for the usual distance", "a fault is reported long before it is usual")]
    public double Cut { get; init; } = 3;

    [Tuned("least scale, as a share of the group's median", OfEquals)]
    public double MinShare { get; init; } = 0.01;
}
