using System.Runtime.InteropServices;
using LeptonStream.Kafka;

namespace LeptonStream.Cli.Roles;

/// <summary>
/// The end of the process. Where clients of brokers that do not answer are still being closed, it is left at once: an ordinary end runs the
/// last handlers of the native libraries beside the clients' threads, and about one in forty such ends was an abort.
/// </summary>
internal static partial class ProcessEnd
{
    /// <summary>Ends the process where it must not end in the ordinary way.</summary>
    /// <param name="code">Its exit code.</param>
    /// <returns>The same code.</returns>
    public static int With(int code)
    {
        if (!BoundedClose.IsPending || OperatingSystem.IsWindows()) return code;
        Console.Out.Flush();
        Console.Error.Flush();
        ExitAtOnce(code);
        return code;
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitAtOnce(int code);
}
