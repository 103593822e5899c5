using LeptonStream.Samples;

namespace LeptonStream.Detection;

/// <summary>The outcome of one record: taken whole, or refused whole with its reason.</summary>
/// <param name="Reason">Reason of the refusal; <see cref="RejectReason.None"/> when it was taken.</param>
/// <param name="Detail">The fault for people, which names the field; null when the record was taken.</param>
/// <param name="Samples">Number of samples taken, from 0.</param>
public readonly record struct RecordOutcome(RejectReason Reason, string? Detail, int Samples)
{
    /// <summary>
    /// Why none of its samples was judged; <see cref="SampleRefusal.None"/> where one was, and where none was lost.
    /// </summary>
    public SampleRefusal Lost { get; init; }

    /// <summary>Whether the record was taken.</summary>
    public bool IsAccepted => Reason == RejectReason.None;
}
