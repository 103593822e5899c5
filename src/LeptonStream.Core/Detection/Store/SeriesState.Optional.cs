using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.EarlyWarning;
using LeptonStream.Detection.Engines;
using LeptonStream.Detection.Peers;
using LeptonStream.Detection.Weights;

namespace LeptonStream.Detection.Store;

/// <content>The knowledge that few policies ask for: room for it is made where one does.</content>
public sealed partial class SeriesState
{
    private OptionalState? _optional;

    /// <summary>The code that stands, where it is one.</summary>
    internal ErrorCodeTracker? Code
    {
        get => _optional?.Code;
        private init => RoomFor(value)?.Code = value;
    }

    /// <summary>The watch over its limit, where it has one.</summary>
    internal LimitWatch? Limit
    {
        get => _optional?.Limit;
        private set => RoomFor(value)?.Limit = value;
    }

    /// <summary>The watch over the progress of its engine, where that is seen in it.</summary>
    internal ProgressWatch? Progress
    {
        get => _optional?.Progress;
        private set => RoomFor(value)?.Progress = value;
    }

    /// <summary>How much its samples count, where its policy names a denominator.</summary>
    internal SampleWeight? Weight
    {
        get => _optional?.Weight;
        private set => RoomFor(value)?.Weight = value;
    }

    /// <summary>Its comparison with its siblings, where its policy asks for one.</summary>
    internal PeerScorer? Peers
    {
        get => _optional?.Peers;
        set => RoomFor(value)?.Peers = value;
    }

    private OptionalState? RoomFor(object? value) => value is null ? _optional : _optional ??= new();
}
