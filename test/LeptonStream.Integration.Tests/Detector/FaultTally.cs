namespace LeptonStream.Integration.Tests.Detector;

/// <summary>What became of a story in which detectors died.</summary>
/// <param name="Records">In the input.</param>
/// <param name="Events">That one detector without any fault makes.</param>
/// <param name="Lost">Of these, those that are not there.</param>
/// <param name="Again">Events that are there more than once, each time but the first.</param>
internal sealed record FaultTally(long Records, int Events, int Lost, int Again)
{
    public static FaultTally operator +(FaultTally one, FaultTally other) =>
        new(one.Records + other.Records, one.Events + other.Events, one.Lost + other.Lost, one.Again + other.Again);

    /// <summary>Its cells in the table of docs/faults.md.</summary>
    public string Cells => $"{Records:N0} | {Events:N0} | {Lost:N0} | {Again:N0}";

    public override string ToString() => $"{Records:N0} records, {Events:N0} events expected, {Lost:N0} lost, {Again:N0} again";
}
