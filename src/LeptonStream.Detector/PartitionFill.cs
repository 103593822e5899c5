namespace LeptonStream.Detector;

/// <summary>The use of a partition against its limits.</summary>
/// <param name="Partition">The partition's number.</param>
/// <param name="Series">Series known.</param>
/// <param name="SeriesLimit">Series it may hold.</param>
/// <param name="Bytes">About what they take.</param>
/// <param name="BytesLimit">Most bytes that they may take.</param>
internal readonly record struct PartitionFill(int Partition, long Series, long SeriesLimit, long Bytes, long BytesLimit);
