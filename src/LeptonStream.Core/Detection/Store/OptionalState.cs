using LeptonStream.Detection.Cleaning;
using LeptonStream.Detection.EarlyWarning;
using LeptonStream.Detection.Engines;
using LeptonStream.Detection.Peers;
using LeptonStream.Detection.Weights;

namespace LeptonStream.Detection.Store;

/// <summary>The knowledge that few policies ask for: of codes, a limit, a denominator, the progress of an engine, siblings.</summary>
internal sealed class OptionalState
{
    public ErrorCodeTracker? Code { get; set; }

    public LimitWatch? Limit { get; set; }

    public SampleWeight? Weight { get; set; }

    public ProgressWatch? Progress { get; set; }

    public PeerScorer? Peers { get; set; }
}
