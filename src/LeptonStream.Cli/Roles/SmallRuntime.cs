using System.Collections;
using System.Runtime.InteropServices;
using System.Text;

namespace LeptonStream.Cli.Roles;

/// <summary>
/// Begins the edge once more, in its place and with its id, so that it is small: as the program beside this one that has the edge alone
/// and is compiled ahead of time, where that is there, and with settings of the .NET runtime and of malloc, which both read when a process
/// begins. On Linux alone.
/// </summary>
/// <remarks>
/// A variable of these that is set already stays as it is. Where <c>LEPTON_RUNTIME</c> has any value nothing is changed.
/// </remarks>
internal static partial class SmallRuntime
{
    private const string Mark = "LEPTON_RUNTIME";
    private const string Small = "small";
    private const string Self = "/proc/self/";
    private const string Native = "lepton-edge";

    private static readonly (string Name, string Value)[] Settings =
    [
        // One thread less, which collects beside the others.
        ("DOTNET_gcConcurrent", "0"),
        // Compact old objects once a twentieth of their room is free, and collect young ones after a megabyte: there are few of them.
        // The number is hexadecimal: with 0x before it the native edge does not know it, and takes 126 MB after an hour.
        ("DOTNET_GCConserveMemory", "5"),
        ("DOTNET_GCgen0size", "100000"),
        // Code that counts its own calls is compiled twice.
        ("DOTNET_TieredPGO", "0"),
        // Tables of languages: texts of alerts are the program's own, and sort by their characters.
        ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1"),
        // One heap for all threads, which gives back what it no longer needs.
        ("MALLOC_ARENA_MAX", "1"),
        ("MALLOC_TRIM_THRESHOLD_", "65536"),
        ("MALLOC_MMAP_THRESHOLD_", "32768"),
    ];

    /// <summary>Whether this process has begun once more.</summary>
    public static bool IsEntered => Environment.GetEnvironmentVariable(Mark) == Small;

    /// <summary>Begins the process once more; returns where it has begun so, and where that can't be done.</summary>
    /// <param name="canBeNative">Whether the native program has all that it needs.</param>
    public static void Enter(bool canBeNative)
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(Mark) is { Length: > 0 }) return;
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(each => (string)each.Key, each => (string?)each.Value);
        variables[Mark] = Small;
        foreach (var (name, value) in Settings) variables.TryAdd(name, value);
        try
        {
            string?[] environment = [.. variables.Select(each => $"{each.Key}={each.Value}"), null];
            // An edge that can't begin so, on another kind of machine, returns from here.
            var native = Path.Combine(AppContext.BaseDirectory, Native);
            if (canBeNative && File.Exists(native)) Execute(native, [native, .. Environment.GetCommandLineArgs()[1..], null], environment);
            if (File.ResolveLinkTarget(Self + "exe", returnFinalTarget: false) is not { } program) return;
            // Each word ends with a zero, an empty one, too.
            var words = Encoding.UTF8.GetString(File.ReadAllBytes(Self + "cmdline"))[..^1].Split('\0');
            Execute(program.FullName, [.. words, null], environment);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or EntryPointNotFoundException)
        {
            // It is larger then, and works as well.
        }
    }

    [LibraryImport("libc", EntryPoint = "execve", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] words, string?[] variables);
}
