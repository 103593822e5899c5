using LeptonStream.Alerts;
using LeptonStream.Samples;

namespace LeptonStream.Detector;

/// <summary>The numbers of one batch, which the counters learn when it is committed.</summary>
internal sealed class BatchTally
{
    private readonly int[] _events = new int[Enum.GetValues<AlertEventType>().Length];
    private readonly int[] _rejects = new int[Enum.GetValues<RejectReason>().Length];

    /// <summary>Records judged or refused.</summary>
    public int Records { get; private set; }

    /// <summary>Samples judged.</summary>
    public int Samples { get; private set; }

    /// <summary>Alert events.</summary>
    public int Events => _events.Sum();

    /// <summary>Records refused.</summary>
    public int Rejects => _rejects.Sum();

    public void Clear()
    {
        Records = Samples = 0;
        Array.Clear(_events);
        Array.Clear(_rejects);
    }

    public void Add(AlertEventType type) => _events[(int)type]++;

    public void Add(RejectReason reason, int samples)
    {
        Records++;
        Samples += samples;
        if (reason != RejectReason.None) _rejects[(int)reason]++;
    }

    /// <summary>Adds the batch to the counters.</summary>
    public void Count(DetectorMetrics metrics)
    {
        metrics.Read(Records, Samples);
        for (var type = 0; type < _events.Length; type++) metrics.Published((AlertEventType)type, _events[type]);
        for (var reason = 0; reason < _rejects.Length; reason++) metrics.Rejected((RejectReason)reason, _rejects[reason]);
    }
}
