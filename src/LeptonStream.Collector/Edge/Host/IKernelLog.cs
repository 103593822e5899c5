namespace LeptonStream.Collector.Edge.Host;

/// <summary>The kernel's log of this host.</summary>
internal interface IKernelLog : IDisposable
{
    /// <summary>Reason in plain words for which it can't be read; null where it can.</summary>
    string? Trouble { get; }

    /// <summary>Takes the errors that came since the last call, each with its time. Never waits.</summary>
    void Take(List<(XidLine Error, DateTimeOffset Time)> into);
}
