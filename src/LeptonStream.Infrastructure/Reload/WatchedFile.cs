using System.IO.Hashing;
using System.Text;
using LeptonStream.Yaml;

namespace LeptonStream.Reload;

/// <summary>
/// A settings file that is read again where it has changed or somebody asks. A change is noticed by the content and without signals of the
/// file system, which mounted volumes do not send. Used by one thread at a time, but for <see cref="Ask"/> and <see cref="Refusal"/>.
/// </summary>
public sealed class WatchedFile
{
    /// <summary>Time between two looks at the file.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time;
    private long _looked;
    private int _isAsked;
    private volatile string? _refusal;

    // The content when it was looked at last, and the content that was dealt with.
    private UInt128 _seen;
    private UInt128 _done;

    /// <param name="path">Path of the file. Its present content counts as dealt with.</param>
    /// <param name="time">The clock.</param>
    public WatchedFile(string path, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        Path = path;
        _time = time;
        _looked = time.GetTimestamp();
        _seen = _done = Hash();
    }

    /// <summary>Path of the file.</summary>
    public string Path { get; }

    /// <summary>Reason in plain words for which the present file is not in force; null where it is.</summary>
    public string? Refusal => _refusal;

    /// <summary>Lets the next <see cref="IsDue"/> be true, whether or not the file has changed. For any thread.</summary>
    public void Ask() => Volatile.Write(ref _isAsked, 1);

    /// <summary>
    /// Whether the file is to be read now; its content then counts as dealt with. A file that is being written is looked at again: only
    /// content that stands there twice is a change.
    /// </summary>
    public bool IsDue()
    {
        var isAsked = Interlocked.Exchange(ref _isAsked, 0) == 1;
        if (!isAsked && _time.GetElapsedTime(_looked) < Every) return false;
        _looked = _time.GetTimestamp();
        var before = _seen;
        _seen = Hash();
        if (!isAsked && (_seen == _done || _seen != before)) return false;
        _done = _seen;
        return true;
    }

    /// <summary>The content that was read is in force.</summary>
    public void Accept() => _refusal = null;

    /// <summary>The content that was read is not in force.</summary>
    /// <param name="reason">Reason in plain words.</param>
    public void Refuse(string reason) => _refusal = reason;

    // A file that can't be read is one more content, so that it is read once.
    private UInt128 Hash()
    {
        var text = YamlText.Read(Path, out var error);
        return XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(text ?? error!));
    }
}
