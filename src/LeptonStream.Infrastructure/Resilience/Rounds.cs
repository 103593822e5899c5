using LeptonStream.Health;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Resilience;

/// <summary>
/// The rounds of a background service. A failure that nobody foresaw ends its round, and the next one follows: unhandled, it would end the
/// whole program, and after each restart again.
/// </summary>
public static partial class Rounds
{
    /// <summary>Makes one round after the other until the service is to stop.</summary>
    /// <param name="round">One round.</param>
    /// <param name="every">The pause between two.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The service's log.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task Run(
        Func<CancellationToken, Task> round, TimeSpan every, TimeProvider time, ILogger logger, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(round);
        var (known, troubles) = (new HashSet<string>(), new TroubleLog(logger, time));
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await round(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception defect) when (defect is not OutOfMemoryException)
            {
                // The whole of a defect is said once; later ones of the same place are counted.
                if (known.Add(StackFingerprint.Of(defect))) Log.Failed(logger, defect);
                troubles.Count("rounds that failed", defect.GetType().Name, example: defect.Message);
            }

            troubles.Report();
            await Task.Delay(every, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3012, LogLevel.Error, "A round failed by a defect of this program; the next one follows")]
        public static partial void Failed(ILogger logger, Exception defect);
    }
}
