using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using NUnit.Framework;

namespace LeptonStream.Testing;

/// <summary>The real program in a process of its own, as a user starts it; killed at the end of the test whatever happens.</summary>
public sealed class LeptonProcess : IDisposable
{
    private const int HangUp = 1;
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Halt = 19;

    private readonly Process _process;
    private readonly string _name;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    private LeptonProcess(Process process, string name)
    {
        _process = process;
        _name = name;
        process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(_error, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The program beside the running tests, or (LEPTON_PROGRAM) another one.</summary>
    public static string Path => Environment.GetEnvironmentVariable("LEPTON_PROGRAM") is { Length: > 0 } chosen
        ? chosen
        : System.IO.Path.Combine(AppContext.BaseDirectory, "lepton");

    /// <summary>What it has written to standard output so far.</summary>
    public string Output => Read(_output);

    /// <summary>What it has written to standard error so far.</summary>
    public string Error => Read(_error);

    /// <summary>Its id.</summary>
    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts a role and returns at once.</summary>
    public static LeptonProcess Start(params string[] arguments) => Start(null, arguments);

    /// <summary>Starts a role, with variables on top of this process's own.</summary>
    public static LeptonProcess Start(IReadOnlyDictionary<string, string>? environment, params string[] arguments) =>
        StartProgram(Path, environment, arguments);

    /// <summary>Starts a role of a program.</summary>
    public static LeptonProcess StartProgram(string program, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
            { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in Isolated(environment)) start.Environment[name] = value;
        return new(Process.Start(start)!, string.Join(' ', arguments));
    }

    /// <summary>Runs a tool to its end.</summary>
    public static Task<ProgramResult> Run(params string[] arguments) => Run(null, arguments);

    /// <summary>Runs a tool to its end, with variables on top of this process's own.</summary>
    public static Task<ProgramResult> Run(IReadOnlyDictionary<string, string>? environment, params string[] arguments) =>
        ExternalProgram.Run(Path, arguments, Isolated(environment), TimeSpan.FromMinutes(5));

    /// <summary>Waits until it has written a text, to standard output or standard error.</summary>
    public Task Says(string text, TimeSpan? within = null) => Eventually.True(() => HasSaid(text), $"lepton {_name} says '{text}'", within);

    /// <summary>SIGKILL: no chance to say goodbye.</summary>
    public void Kill() => _process.Kill();

    /// <summary>SIGSTOP: time goes on without it.</summary>
    public void Freeze() => Signal(Halt);

    /// <summary>SIGCONT: it goes on as if nothing had happened.</summary>
    public void Thaw() => Signal(Continue);

    /// <summary>SIGHUP: reads its files again.</summary>
    public void Reload() => Signal(HangUp);

    /// <summary>SIGTERM, and waits for its end; returns the exit code.</summary>
    public Task<int> Stop() => End(Terminate);

    /// <summary>Skips the test where Ctrl-C reaches no program: a process inherits the signals that are ignored.</summary>
    public static void NeedsCtrlC()
    {
        var isIgnored = File.Exists("/proc/self/status") && File.ReadLines("/proc/self/status")
            .Where(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))
            .Any(line => (Convert.ToUInt64(line[7..].Trim(), 16) & (1UL << (Interrupt - 1))) != 0);
        if (isIgnored) Assert.Ignore("Ctrl-C is ignored by whoever began the tests, as behind nohup, and so by the program");
    }

    /// <summary>SIGINT, as Ctrl-C sends it, and waits for its end; returns the exit code.</summary>
    public Task<int> CtrlC() => End(Interrupt);

    private async Task<int> End(int signal)
    {
        if (!_process.HasExited)
        {
            Signal(signal);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(45));
            await _process.WaitForExitAsync(limit.Token);
        }

        return _process.ExitCode;
    }

    /// <summary>What to say when a test fails because of it.</summary>
    public override string ToString() =>
        $"lepton {_name} ({(_process.HasExited ? $"exit code {_process.ExitCode}" : "running")}):\n{Output}{Error}";

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static Dictionary<string, string> Isolated(IReadOnlyDictionary<string, string>? environment)
    {
        // The tests themselves may run in a container, where the program writes its log in another form.
        var variables = new Dictionary<string, string> { ["DOTNET_RUNNING_IN_CONTAINER"] = "false" };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) variables[name] = value;
        return variables;
    }

    private bool HasSaid(string text)
    {
        if (Output.Contains(text, StringComparison.Ordinal) || Error.Contains(text, StringComparison.Ordinal)) return true;
        return HasExited ? throw new InvalidOperationException($"it ended before it said '{text}': {this}") : false;
    }

    private void Signal(int signal)
    {
        if (kill(_process.Id, signal) != 0) throw new InvalidOperationException($"signal {signal} could not be sent to {this}");
    }

    private static void Keep(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.Append(line).Append('\n');
    }

    private static string Read(StringBuilder text)
    {
        lock (text) return text.ToString();
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int pid, int signal);
}
