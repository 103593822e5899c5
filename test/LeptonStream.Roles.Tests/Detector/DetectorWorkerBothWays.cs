namespace LeptonStream.Roles.Tests.Detector;

[Parallelizable]
public sealed class DetectorWorkerInPlaceTests() : DetectorWorkerTests(inPlace: true);

[Category("Slow")]
public sealed class DetectorWorkerCopyingTests() : DetectorWorkerTests(inPlace: false);
