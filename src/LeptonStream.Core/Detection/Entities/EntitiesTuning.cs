using LeptonStream.Tuning;

namespace LeptonStream.Detection.Entities;

/// <summary>The tuned constants of the joint surprise of an entity's metrics, and of the forest beside it.</summary>
internal sealed record EntitiesTuning
{
    private const string Forest = "isolation-forest.md: about as good as 50 whole trees in a tenth of the memory";

    public static EntitiesTuning Default { get; } = new();

    [Tuned("rows before an entity is judged", "chosen by hand (joint-surprise.md)")]
    public int WarmUp { get; init; } = 120;

    [Tuned("share of the way that the usual surprise goes to a row's surprise", "smd, asd, jumpstarter (accuracy.md)")]
    public double Habituation { get; init; } = 0.2;

    [Tuned("share of a lasting surprise that is left", "smd, asd, jumpstarter: less costs area, more costs recall (accuracy.md)")]
    public double Lasting { get; init; } = 0.2;

    [Tuned("part that a row at the forest's line adds to the surprise",
        "smd, asd, jumpstarter: as a factor it moved recall up (accuracy.md)")]
    public double ForestShare { get; init; } = 0.3;

    [Tuned("most that the score of one metric alone may be", "one metric alone is its own affair: it stays below 1")]
    public double OneAlone { get; init; } = 0.85;

    [Tuned("least line of an entity, in decades", "one metric reaches it once in ten samples")]
    public double MinLine { get; init; } = 1;

    [Tuned("intervals of silence after which a metric has no say",
        "chosen by hand; a metric that fell silent is no evidence (joint-surprise.md)")]
    public double FreshIntervals { get; init; } = 2;

    [Tuned("most that a residual counts for the forest, in scales", "the forest tells rows apart: further out all are alike")]
    public float MaxResidual { get; init; } = 20;

    [Tuned("surprise from which a metric has its part in an alert, in decades",
        "chosen by hand; rarer than one in thirty (joint-surprise.md)")]
    public double MinSurprise { get; init; } = 1.5;

    [Tuned("share of the row's energy from which a metric has its part in an alert",
        "chosen by hand; an alert takes two metrics that matter (joint-surprise.md)")]
    public double MinShare { get; init; } = 0.1;

    [Tuned("trees of the forest", Forest)]
    public int ForestTrees { get; init; } = 64;

    [Tuned("cuts of a tree", Forest)]
    public int ForestCuts { get; init; } = 15;

    [Tuned("rows that the forest remembers", "ψ of the paper (Liu, Ting and Zhou 2008)")]
    public int ForestRows { get; init; } = 256;

    [Tuned("rows until a remembered one makes room, on average", Forest)]
    public int ForestMemory { get; init; } = 2_048;
}
