using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace LeptonStream.Collector.Edge.Spooling;

/// <summary>A segment in a file, whose name is the lowest sequence in it.</summary>
internal sealed class FileSegment : SpoolSegment
{
    private const string Ending = ".seg";

    private readonly SafeFileHandle _file;
    private readonly string _path;

    private FileSegment(string path, FileMode mode)
    {
        _path = path;
        _file = File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.Read);
    }

    public override bool IsOnDisk => true;

    /// <summary>Makes an empty one.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public static FileSegment Create(string folder, long first, long now) =>
        new(Path.Combine(folder, first.ToString("D19", CultureInfo.InvariantCulture) + Ending), FileMode.Create)
        {
            First = first,
            Since = now,
        };

    /// <summary>Opens those of a folder, in order. What a record left that was being written is cut off.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="now">Now, by a clock that nobody sets.</param>
    /// <param name="lost">Gets the first and the last sequence of each hole.</param>
    public static List<SpoolSegment> OpenAll(string folder, long now, Action<long, long> lost)
    {
        var segments = new List<SpoolSegment>();
        foreach (var path in Directory.GetFiles(folder, "*" + Ending).Order(StringComparer.Ordinal))
        {
            if (!long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var first))
                continue;
            var segment = new FileSegment(path, FileMode.Open) { First = first, Since = now, IsSealed = true };
            segment.Scan(RandomAccess.GetLength(segment._file), lost);
            if (segment.Cut > 0) RandomAccess.SetLength(segment._file, segment.Length);
            segments.Add(segment);
        }

        return segments;
    }

    public override void Sync() => RandomAccess.FlushToDisk(_file);

    public override void Dispose() => _file.Dispose();

    protected override void Write(ReadOnlySpan<byte> bytes, long at)
    {
        try
        {
            RandomAccess.Write(_file, bytes, at);
        }
        catch (IOException)
        {
            // The part that was written must not stay behind a shorter record.
            RandomAccess.SetLength(_file, at);
            throw;
        }
    }

    protected override int Read(Span<byte> into, long at)
    {
        var read = 0;
        try
        {
            while (read < into.Length && RandomAccess.Read(_file, into[read..], at + read) is > 0 and var more) read += more;
        }
        catch (IOException)
        {
            // A sector that can't be read is as one that was never written: readers pass it by.
        }

        return read;
    }

    protected override void Remove() => File.Delete(_path);
}
