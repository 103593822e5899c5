using System.IO.Hashing;
using System.Text;
using LeptonStream.Yaml;

namespace LeptonStream.Reload;

/// <summary>
/// Notices that a settings file has changed, by its content and without signals of the file system, which mounted volumes do not send.
/// Used by one thread.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="time">The clock.</param>
public sealed class FileWatch(string file, TimeProvider time)
{
    /// <summary>How often the file is looked at.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private long _looked = time.GetTimestamp();

    // The content when it was looked at last, and the content that was dealt with.
    private UInt128 _seen = HashOf(file);
    private UInt128 _done = HashOf(file);

    /// <summary>
    /// Whether the file has other content than was dealt with last. A file that is being written is looked at again: only content that
    /// stands there twice counts.
    /// </summary>
    public bool HasChanged()
    {
        if (time.GetElapsedTime(_looked) < Every) return false;
        _looked = time.GetTimestamp();
        var before = _seen;
        _seen = HashOf(file);
        return _seen != _done && _seen == before;
    }

    /// <summary>The content that stands there now is dealt with. To be called before it is read, so that no change is missed.</summary>
    public void MarkRead() => _done = _seen = HashOf(file);

    // A file that can't be read is one more content, so that it is read once.
    private static UInt128 HashOf(string file)
    {
        var text = YamlText.Read(file, out var error);
        return XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(text ?? error!));
    }
}
