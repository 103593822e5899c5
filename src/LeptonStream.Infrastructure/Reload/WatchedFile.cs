using System.IO.Hashing;
using System.Text;
using LeptonStream.Yaml;

namespace LeptonStream.Reload;

/// <summary>
/// A settings file that is read again where it has changed. That is noticed by its content and without signals of the file system, which
/// mounted volumes do not send. Used by one thread at a time.
/// </summary>
/// <param name="path">Where the file is.</param>
/// <param name="time">The clock.</param>
public sealed class WatchedFile(string path, TimeProvider time)
{
    /// <summary>How often the file is looked at.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private long _looked = time.GetTimestamp();

    // The content when it was looked at last, and the content that was dealt with.
    private UInt128 _seen = HashOf(path);
    private UInt128 _done = HashOf(path);

    /// <summary>Where the file is.</summary>
    public string Path => path;

    /// <summary>Why the file as it stands now is not in force, in plain words; null where it is.</summary>
    public string? Refusal { get; private set; }

    /// <summary>
    /// Whether the file has other content than was dealt with last. A file that is being written is looked at again: only content that
    /// stands there twice counts.
    /// </summary>
    public bool HasChanged()
    {
        if (time.GetElapsedTime(_looked) < Every) return false;
        _looked = time.GetTimestamp();
        var before = _seen;
        _seen = HashOf(path);
        return _seen != _done && _seen == before;
    }

    /// <summary>The content that stands there now is dealt with. To be called before it is read, so that no change is missed.</summary>
    public void MarkRead() => _done = _seen = HashOf(path);

    /// <summary>The content that was read is in force.</summary>
    public void Accept() => Refusal = null;

    /// <summary>The content that was read is not in force.</summary>
    /// <param name="reason">Why, in plain words.</param>
    public void Refuse(string reason) => Refusal = reason;

    // A file that can't be read is one more content, so that it is read once.
    private static UInt128 HashOf(string file)
    {
        var text = YamlText.Read(file, out var error);
        return XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(text ?? error!));
    }
}
