namespace LeptonStream.Collector.Points;

/// <summary>The place of a text (UTF-8) in a <see cref="PointBatch"/>.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Length">Bytes; 0 is the empty text.</param>
public readonly record struct Text(int Start, int Length)
{
    /// <summary>Whether there is no text.</summary>
    public bool IsEmpty => Length == 0;
}

/// <summary>A label: numbers, booleans, lists and maps of the source are texts here.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
public readonly record struct Label(Text Name, Text Value);

/// <summary>Labels that follow each other in a <see cref="PointBatch"/>; many points may share them.</summary>
/// <param name="First">The first.</param>
/// <param name="Count">How many.</param>
public readonly record struct LabelRange(int First, int Count);

/// <summary>Numbers that follow each other in a <see cref="PointBatch"/>.</summary>
/// <param name="First">The first.</param>
/// <param name="Count">How many.</param>
public readonly record struct NumberRange(int First, int Count);
