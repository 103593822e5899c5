namespace LeptonStream.Collector.Edge.Spooling;

/// <summary>Replaces files as a whole.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a file beside the one of this name, makes it safe, and puts it in its place.</summary>
    /// <exception cref="IOException">The disk does not take it; the file before stays.</exception>
    public static void Write(string path, Action<FileStream> write)
    {
        var beside = path + ".new";
        using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 16 << 10))
        {
            write(file);
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }
}
