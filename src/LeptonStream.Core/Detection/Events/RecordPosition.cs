namespace LeptonStream.Detection.Events;

/// <summary>The position of a record in the input.</summary>
/// <param name="Topic">Input topic.</param>
/// <param name="Partition">Input partition.</param>
/// <param name="Offset">Input offset.</param>
public readonly record struct RecordPosition(string Topic, int Partition, long Offset);
