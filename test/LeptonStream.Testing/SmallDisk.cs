using System.Diagnostics;

namespace LeptonStream.Testing;

/// <summary>
/// A file system of a few megabytes in memory, which a test fills. Only root may mount one: elsewhere the test is skipped.
/// </summary>
public sealed class SmallDisk : IDisposable
{
    private string Filler => Path.Combine(Folder, "filler");

    private SmallDisk(string folder) => Folder = folder;

    /// <summary>Its folder.</summary>
    public string Folder { get; }

    /// <summary>Mounts one.</summary>
    public static async Task<SmallDisk> Mount(int megabytes)
    {
        var folder = Directory.CreateTempSubdirectory("lepton-disk-").FullName;
        var result = Environment.IsPrivilegedProcess ? await Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder) : -1;
        if (result != 0) Directory.Delete(folder);
        Requires.Component(result == 0, "no small disk: only root may mount a tmpfs, and not in every container");
        OrphanWatch.Start(folder, $"umount -l '{folder}'");
        return new(folder);
    }

    /// <summary>Gives its folder to whoever owns another one.</summary>
    public async Task GiveToOwnerOf(string folder) => await Run("chown", $"--reference={folder}", Folder);

    /// <summary>Writes until nothing more fits.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1);
        var block = new byte[4096];
        try
        {
            while (true) file.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Makes room again.</summary>
    public void Clear() => File.Delete(Filler);

    public void Dispose()
    {
        using var unmount = Process.Start("umount", ["-l", Folder]);
        unmount.WaitForExit();
        Directory.Delete(Folder);
    }

    private static async Task<int> Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
