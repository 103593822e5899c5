namespace LeptonStream.Roles.Tests.Detector;

/// <summary>The same with an object for each record.</summary>
[Category("Slow")]
[NonParallelizable]
public sealed class DetectorWorkerCopyingTests : DetectorWorkerTests
{
    protected override bool ReadsInPlace => false;
}
