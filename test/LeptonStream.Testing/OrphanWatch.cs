using System.Diagnostics;

namespace LeptonStream.Testing;

/// <summary>Ends the servers of a test run that is killed: they have sessions of their own and would outlive it.</summary>
internal static class OrphanWatch
{
    /// <param name="folder">The servers' folder. Once it is gone there is nothing to watch; it is deleted at the end.</param>
    /// <param name="stop">The shell command that ends them.</param>
    public static void Start(string folder, string stop)
    {
        var watch =
            $"while kill -0 {Environment.ProcessId} 2>/dev/null && [ -d '{folder}' ]; do sleep 1; done; [ -d '{folder}' ] && {{ {stop}; "
            + $"rm -rf '{folder}'; }}";
        Process.Start(new ProcessStartInfo("setsid", ["/bin/sh", "-c", watch]) { RedirectStandardInput = true })?.Dispose();
    }
}
