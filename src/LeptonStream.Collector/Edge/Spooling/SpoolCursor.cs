using System.Globalization;

namespace LeptonStream.Collector.Edge.Spooling;

/// <summary>
/// How far a reader has come, in a file beside the spool, so that it goes on there after a restart. The file is replaced as a whole: a kill
/// leaves the place before or the place after.
/// </summary>
internal sealed class SpoolCursor
{
    private readonly string _path;
    private long _saved;

    /// <param name="folder">The spool's folder.</param>
    /// <param name="name">The reader's name.</param>
    public SpoolCursor(string folder, string name)
    {
        _path = Path.Combine(folder, name + ".cursor");
        // A file that can't be read means from the beginning: receivers know records that come twice.
        _saved = File.Exists(_path) && long.TryParse(File.ReadAllText(_path), NumberStyles.None, CultureInfo.InvariantCulture, out var next)
            ? next : 0;
        Next = _saved;
    }

    /// <summary>The sequence to go on with.</summary>
    public long Next { get; set; }

    /// <summary>Writes it down where it has changed.</summary>
    /// <exception cref="IOException">The disk does not take it; the place before stays.</exception>
    public void Save()
    {
        var next = Next;
        if (next == _saved) return;
        AtomicFile.Write(_path, file => file.Write(System.Text.Encoding.ASCII.GetBytes(next.ToString(CultureInfo.InvariantCulture))));
        _saved = next;
    }
}
