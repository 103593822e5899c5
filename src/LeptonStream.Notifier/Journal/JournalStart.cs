namespace LeptonStream.Notifier.Journal;

/// <summary>Whether the journal has its tables and the groups are taken over; nothing else touches it before.</summary>
internal sealed class JournalStart
{
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Completed => _completed.Task;

    public void Complete() => _completed.TrySetResult();
}
