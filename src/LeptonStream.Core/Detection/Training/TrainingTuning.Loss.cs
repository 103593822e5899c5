using LeptonStream.Tuning;

namespace LeptonStream.Detection.Training;

// Losses and gradients.
internal sealed partial record TrainingTuning
{
    [Tuned("scales of the lesser of two rows that are a spike", Runs)]
    public double LossPairLine { get; init; } = 4;

    [Tuned("scales of the median of five rows", Runs)]
    public double LossFiveLine { get; init; } = 3.4;

    [Tuned("scales of the median of seventeen rows", Runs)]
    public double LossSeventeenLine { get; init; } = 2.2;

    [Tuned("scales of one row, where rows stand for five steps or more", Runs)]
    public double LossSingleLine { get; init; } = 10;

    [Tuned("least share above the level of one row", "no deviation is a spike whose ratio nobody would call one")]
    public double LossSingleLeast { get; init; } = 0.5;

    [Tuned("least share above the level of two rows", "no deviation is a spike whose ratio nobody would call one")]
    public double LossPairLeast { get; init; } = 0.25;

    [Tuned("least share above the level of five rows", "no deviation is a spike whose ratio nobody would call one")]
    public double LossFiveLeast { get; init; } = 0.2;

    [Tuned("least share above the level of seventeen rows", "no deviation is a spike whose ratio nobody would call one")]
    public double LossSeventeenLeast { get; init; } = 0.12;

    [Tuned("steps after which a spike is a level", Runs)]
    public int LossStaysAfterSteps { get; init; } = 40;

    [Tuned("rows after which a spike is a level", Runs)]
    public int LossStaysAfterRows { get; init; } = 4;

    [Tuned("share of its peak that a diverging loss has kept", Runs)]
    public double LossStillAtPeak { get; init; } = 0.7;

    [Tuned("share of the highest learning rate below which no progress is expected",
        "a learning rate near its end is not meant to improve anything")]
    public double LossRateThatImproves { get; init; } = 0.2;

    [Tuned("least standard error of a mean of three blocks, in logarithms",
        "chosen by hand; a loss that creeps up is high (TrainingFaultTests)")]
    public double CreepMinError { get; init; } = 0.003;

    [Tuned("standard errors that a creep must exceed", "the lowest of many blocks is low by chance")]
    public double CreepErrors { get; init; } = 12;

    [Tuned("least share above the level of a creep", Runs)]
    public double CreepLeast { get; init; } = 0.15;

    [Tuned("fall in 512 rows below which the loss stands still",
        "chosen by hand; a loss that stands still is a plateau (TrainingFaultTests)")]
    public double PlateauLine { get; init; } = 0.01;

    [Tuned("doublings of the run's steps that those rows must span", "losses fall with the logarithm of the step")]
    public double PlateauMinDoublings { get; init; } = 0.25;

    [Tuned("scales that one row counts at most for the level",
        "chosen by hand; heavy tails of small batches are silent (TrainingQuietTests)")]
    public double LevelClip { get; init; } = 4;

    [Tuned("scales of the median of five rows of a loss below zero", "no labelled run has one; far out, for such losses wander")]
    public double SignedLossFiveLine { get; init; } = 8;

    [Tuned("scales of the median of seventeen rows", "no labelled run has one; far out, for such losses wander")]
    public double SignedLossSeventeenLine { get; init; } = 5;

    [Tuned("scales from which it diverges", "no labelled run has one")]
    public double SignedLossPageScales { get; init; } = 30;

    [Tuned("steps after which it may diverge", "as for positive losses")]
    public int SignedLossPageAfterSteps { get; init; } = 40;

    [Tuned("rows after which it may diverge", Signed)]
    public int SignedLossPageAfterRows { get; init; } = 9;

    [Tuned("share of negative rows from which a loss is of this kind", Signed)]
    public double SignedLossFrom { get; init; } = 0.05;

    [Tuned("least scale, as a share of the usual step from row to row", "rounded losses stand still at times")]
    public double SignedLossScalePerStep { get; init; } = 0.5;

    [Tuned("scales of the median of five rows that explode", Runs)]
    public double GradientExplosionScales { get; init; } = 6;

    [Tuned("scales of the median of seventeen rows that vanish", Runs)]
    public double GradientVanishingScales { get; init; } = 5;

    [Tuned("times above or below the level, at least", Runs)]
    public double GradientTimes { get; init; } = 3;

    [Tuned("times above the level from which an explosion pages", Runs)]
    public double GradientPageTimes { get; init; } = 10;

    [Tuned("share by which a gradient must fall while the loss is high", Runs)]
    public double GradientWithHighLoss { get; init; } = 0.5;

    [Tuned("logarithm by which the loss must lie below its level to follow", Runs)]
    public double GradientLossFollows { get; init; } = 0.1;
}
