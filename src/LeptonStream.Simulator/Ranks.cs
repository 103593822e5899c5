namespace LeptonStream.Simulator;

/// <summary>The effects of the training job and the GPUs under it on each other: rank <c>i</c> runs on GPU <c>i</c>.</summary>
internal sealed class Ranks
{
    public const int Count = 8;

    /// <summary>The share of its full clock at which each GPU ran last.</summary>
    public double[] Clock { get; } = [1, 1, 1, 1, 1, 1, 1, 1];

    /// <summary>The share of the time in which each GPU computed (and did not wait for others).</summary>
    public double[] Busy { get; } = new double[Count];

    /// <summary>The share of the time in which the job stood still.</summary>
    public double Idle { get; set; }
}
