using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.EarlyWarning;
using LeptonStream.Detection.Engines;
using LeptonStream.Detection.Peers;
using LeptonStream.Detection.Weights;

namespace LeptonStream.Detection.Store;

/// <content>The knowledge that few policies ask for: room for it is made where one does.</content>
public sealed partial class SeriesState
{
    private AskedState? _asked;

    /// <summary>The code that stands, where it is one.</summary>
    internal ErrorCodeTracker? Code
    {
        get => _asked?.Code;
        private init => Asked.Code = value;
    }

    /// <summary>The watch over its limit, where it has one.</summary>
    internal LimitWatch? Limit
    {
        get => _asked?.Limit;
        private set
        {
            if (value is not null || _asked is not null) Asked.Limit = value;
        }
    }

    /// <summary>The watch over the progress of its engine, where that is seen in it.</summary>
    internal ProgressWatch? Progress
    {
        get => _asked?.Progress;
        private set
        {
            if (value is not null || _asked is not null) Asked.Progress = value;
        }
    }

    /// <summary>How much its samples count, where its policy names a denominator.</summary>
    internal SampleWeight? Weight
    {
        get => _asked?.Weight;
        private set
        {
            if (value is not null || _asked is not null) Asked.Weight = value;
        }
    }

    /// <summary>Its comparison with its siblings, where its policy asks for one.</summary>
    internal PeerScorer? Peers
    {
        get => _asked?.Peers;
        set
        {
            if (value is not null || _asked is not null) Asked.Peers = value;
        }
    }

    private AskedState Asked => _asked ??= new();
}
