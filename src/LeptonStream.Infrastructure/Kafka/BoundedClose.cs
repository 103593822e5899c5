namespace LeptonStream.Kafka;

/// <summary>
/// Closes a Kafka client within a limit. The native library's close can hang where a broker doesn't answer; then the client is left
/// to the end of the process.
/// </summary>
public static class BoundedClose
{
    /// <returns>Whether it was closed in time.</returns>
    public static bool Run(Action close, TimeSpan limit)
    {
        var closing = new Thread(() =>
        {
            try
            {
                close();
            }
            catch (Exception failure) when (failure is Confluent.Kafka.KafkaException or ObjectDisposedException)
            {
                // There is nothing left to do with it: the broker finds out by the session time-out.
            }
        })
        { IsBackground = true, Name = "kafka-close" };
        closing.Start();
        return closing.Join(limit);
    }
}
