using System.Collections.Concurrent;
using System.Diagnostics;

namespace LeptonStream.Testing;

/// <summary>The real program in a process of its own, as a user starts it; killed at the end of the test whatever happens.</summary>
public sealed class LeptonProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly string _name;

    private LeptonProcess(Process process, string name)
    {
        _process = process;
        _name = name;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The program beside the running tests, or (LEPTON_PROGRAM) another one.</summary>
    public static string Path => Environment.GetEnvironmentVariable("LEPTON_PROGRAM") is { Length: > 0 } chosen
        ? chosen
        : System.IO.Path.Combine(AppContext.BaseDirectory, "lepton");

    /// <summary>Everything it has written so far.</summary>
    public string Output => string.Join('\n', _lines);

    public bool HasExited => _process.HasExited;

    /// <summary>Starts a role and returns at once.</summary>
    public static LeptonProcess Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        return new(Process.Start(start)!, string.Join(' ', arguments));
    }

    /// <summary>Runs a tool to its end.</summary>
    public static Task<ProgramResult> Run(params string[] arguments) => ExternalProgram.Run(Path, arguments, within: TimeSpan.FromMinutes(5));

    /// <summary>SIGKILL: no chance to say goodbye.</summary>
    public void Kill() => _process.Kill();

    /// <summary>SIGTERM, and waits for its end; returns the exit code.</summary>
    public async Task<int> Stop()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(45));
            await _process.WaitForExitAsync(limit.Token);
        }

        return _process.ExitCode;
    }

    /// <summary>What to say when a test fails because of it.</summary>
    public override string ToString() => $"lepton {_name} ({(_process.HasExited ? $"exit code {_process.ExitCode}" : "running")}):\n{Output}";

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        _lines.Enqueue(line);
        if (_lines.Count > 2000) _lines.TryDequeue(out _);
    }
}
