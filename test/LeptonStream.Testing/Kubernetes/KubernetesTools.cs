namespace LeptonStream.Testing.Kubernetes;

/// <summary>The programs of ../shared/tools, unpacked once for all test runs of this checkout.</summary>
internal static class KubernetesTools
{
    private static readonly SemaphoreSlim Gate = new(1);

    public static string BinFolder { get; } = Path.Combine(SharedFolder.RepositoryRoot, "artifacts", "test-tools", "kubernetes");

    /// <summary>The path of an unpacked program. A test is skipped where the packed one, or xz, is missing.</summary>
    public static async Task<string> Unpack(string name)
    {
        var packed = SharedFolder.Require($"tools/{name}.xz");
        Requires.Component(ExternalProgram.Exists("xz"), "xz is missing (Debian: apt-get install xz-utils)");
        var program = Path.Combine(BinFolder, name);
        await Gate.WaitAsync();
        try
        {
            if (File.Exists(program) && File.GetLastWriteTimeUtc(program) >= File.GetLastWriteTimeUtc(packed)) return program;

            // Under another name until it is whole: a run that was cut short must not leave half a program.
            Directory.CreateDirectory(BinFolder);
            var partial = $"{program}.{Environment.ProcessId}";
            var unpacked = await ExternalProgram.Run("/bin/sh", ["-c", "xz -dc \"$1\" >\"$2\" && chmod +x \"$2\"", "sh", packed, partial]);
            if (unpacked.ExitCode != 0) throw new InvalidOperationException($"can't unpack {packed}: {unpacked.Error}");
            File.Move(partial, program, overwrite: true);
            return program;
        }
        finally
        {
            Gate.Release();
        }
    }
}
