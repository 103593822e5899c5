using System.Diagnostics;
using NUnit.Framework;

namespace LeptonStream.Testing;

/// <summary>
/// A PostgreSQL from the binaries of this machine, in a folder of its own. PostgreSQL refuses to run as root, so there it runs as the
/// account postgres (or nobody).
/// </summary>
internal sealed class PostgresProcess : IPostgresHost
{
    private readonly string _binaries;
    private readonly Account? _account;
    private readonly string _folder;
    private readonly int _port;
    private readonly Queue<string> _output = new();
    private Process? _process;

    private PostgresProcess(string binaries, Account? account, string folder, int port)
    {
        _binaries = binaries;
        _account = account;
        _folder = folder;
        _port = port;
    }

    public string Output
    {
        get
        {
            lock (_output) return string.Join('\n', _output);
        }
    }

    /// <summary>Makes the files of a server that is to listen on this port.</summary>
    public static async Task<PostgresProcess> Create(string binaries, int port)
    {
        var account = Environment.IsPrivilegedProcess ? FindAccount() : null;
        var folder = Directory.CreateTempSubdirectory("lepton-postgres-").FullName;
        if (account is not null) await Run("chown", account.User, folder);
        var host = new PostgresProcess(binaries, account, folder, port);
        try
        {
            await Run(host.Command("initdb", "-D", folder, "-U", "lepton", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"));
            OrphanWatch.Start(folder, $"[ -f '{folder}/postmaster.pid' ] && kill -QUIT $(head -1 '{folder}/postmaster.pid')");
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public Task Run()
    {
        if (_process is { HasExited: false }) return Task.CompletedTask;

        // Commits survive SIGKILL without fsync (the kernel has the pages), so tests need not wait for the disk.
        _process = Launch(Command("postgres", "-D", _folder, "-p", $"{_port}", "-k", _folder, "-c", "listen_addresses=127.0.0.1",
            "-c", "fsync=off", "-c", "max_connections=200", "-c", "shared_buffers=32MB", "-c", "logging_collector=off"));
        return Task.CompletedTask;
    }

    public async Task Kill()
    {
        if (_process is not { } process) return;
        _process = null;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await Kill();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The folder with initdb and postgres, the newest version first; null where there is none.</summary>
    public static string? FindBinaries()
    {
        const string Packages = "/usr/lib/postgresql";
        var versions = Directory.Exists(Packages)
            ? Directory.GetDirectories(Packages).OrderByDescending(VersionOf).Select(folder => Path.Combine(folder, "bin"))
            : [];
        var paths = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return versions.Concat(paths).FirstOrDefault(folder => Has(folder, "initdb") && Has(folder, "postgres"));

        static int VersionOf(string folder) => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0;
        static bool Has(string folder, string program) => File.Exists(Path.Combine(folder, program));
    }

    private Process Launch(ProcessStartInfo command)
    {
        var process = new Process { StartInfo = command };
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;

        void Keep(object sender, DataReceivedEventArgs line)
        {
            lock (_output)
            {
                if (_output.Count == 50) _output.Dequeue();
                if (line.Data is { } text) _output.Enqueue(text);
            }
        }
    }

    private ProcessStartInfo Command(string program, params string[] arguments)
    {
        var path = Path.Combine(_binaries, program);
        return new ProcessStartInfo(
            _account is null ? path : "setpriv",
            _account is null ? arguments : [$"--reuid={_account.User}", $"--regid={_account.Group}", "--clear-groups", path, .. arguments])
        {
            // The folder of the test run may be closed to the other account.
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }

    private static Account FindAccount()
    {
        var accounts = File.ReadLines("/etc/passwd")
            .Select(line => line.Split(':'))
            .ToDictionary(fields => fields[0], fields => new Account(fields[2], fields[3]));
        var account = accounts.GetValueOrDefault("postgres") ?? accounts.GetValueOrDefault("nobody");
        Requires.Component(account is not null,
            "PostgreSQL does not run as root, and this machine has neither the account postgres nor nobody to run it as");
        return account;
    }

    private static Task Run(string program, params string[] arguments) =>
        Run(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });

    private static async Task Run(ProcessStartInfo command)
    {
        using var process = Process.Start(command)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode == 0) return;
        throw new AssertionException($"{command.FileName} {string.Join(' ', command.ArgumentList)} failed: {await output}{await error}");
    }

    private sealed record Account(string User, string Group);
}
