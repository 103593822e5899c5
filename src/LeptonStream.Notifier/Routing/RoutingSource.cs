namespace LeptonStream.Notifier.Routing;

/// <summary>
/// The routing in force. It may be changed while the notifier runs; every user asks for it at the beginning of each step.
/// </summary>
internal sealed class RoutingSource(NotifierRouting routing)
{
    private NotifierRouting _current = routing;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NotifierRouting Current => Volatile.Read(ref _current);

    /// <summary>Completes at the next change. Take it before <see cref="Current"/>, so that no change is missed.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    public void Change(NotifierRouting routing)
    {
        Volatile.Write(ref _current, routing);
        Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }
}
