namespace LeptonStream.Kafka;

/// <summary>
/// Closes Kafka clients within a limit. The native library's close can hang where a broker doesn't answer; then the client is left
/// to the end of the process, which must not be an ordinary one then (<see cref="IsPending"/>).
/// </summary>
public static class BoundedClose
{
    private static int _pending;

    /// <summary>
    /// Whether clients are still being closed. A process that ends in the usual way now tears down the libraries under their threads,
    /// which may abort it.
    /// </summary>
    public static bool IsPending => Volatile.Read(ref _pending) > 0;

    /// <returns>Whether it was closed in time.</returns>
    public static bool Run(Action close, TimeSpan limit) => Begin(close).Join(limit);

    /// <summary>Begins to close a client.</summary>
    /// <returns>The thread that closes it.</returns>
    public static Thread Begin(Action close)
    {
        ArgumentNullException.ThrowIfNull(close);
        Interlocked.Increment(ref _pending);
        var closing = new Thread(() => Close(close)) { IsBackground = true, Name = "kafka-close" };
        closing.Start();
        return closing;
    }

    /// <summary>Closes a client when what is under way with it has ended: it must not be closed under a call.</summary>
    /// <param name="work">What is under way.</param>
    /// <param name="close">Closes the client; null where the work itself does.</param>
    public static void After(Task work, Action? close = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        Interlocked.Increment(ref _pending);
        work.ContinueWith(ended =>
        {
            _ = ended.Exception;
            Close(close ?? (() => { }));
        }, TaskScheduler.Default);
    }

    private static void Close(Action close)
    {
        try
        {
            close();
        }
        catch (Exception failure) when (failure is Confluent.Kafka.KafkaException or ObjectDisposedException)
        {
            // There is nothing left to do with it: the broker finds out by the session time-out.
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }
}
