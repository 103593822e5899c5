using System.Diagnostics;

namespace LeptonStream.Testing;

/// <summary>What a program answered.</summary>
public sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    public string Everything => Output + Error;
}

/// <summary>Runs another program to its end.</summary>
public static class ExternalProgram
{
    /// <param name="environment">Variables on top of this process's own.</param>
    /// <exception cref="TimeoutException">It was still running when the time was over, and was killed.</exception>
    public static async Task<ProgramResult> Run(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, TimeSpan? within = null)
    {
        var start = new ProcessStartInfo(program, arguments)
            { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        var limit = within ?? TimeSpan.FromMinutes(2);
        using var overtime = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(overtime.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', start.ArgumentList)} did not end within {limit.TotalSeconds:0} s");
        }

        return new ProgramResult(process.ExitCode, await output, await error);
    }

    /// <summary>Whether the search path has a program of this name.</summary>
    public static bool Exists(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name)));
}
