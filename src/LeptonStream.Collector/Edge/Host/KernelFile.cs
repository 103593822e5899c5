using System.Text;

namespace LeptonStream.Collector.Edge.Host;

/// <summary>
/// The kernel's log by a file that syslog writes and rotates. It begins at the file's end; an error has the time at which it was read.
/// </summary>
internal sealed class KernelFile : IKernelLog
{
    private const int LongestLine = 8 << 10;
    private const int MostBytes = 1 << 20;

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly byte[] _buffer = new byte[LongestLine];
    private FileStream? _file;
    private int _held;

    // The rest of a line that is too long to be one of the kernel's.
    private bool _isSkipping;

    /// <param name="path">Path of the file.</param>
    /// <param name="time">The clock.</param>
    public KernelFile(string path, TimeProvider time)
    {
        (_path, _time) = (path, time);
        if (TryOpen()) _file!.Seek(0, SeekOrigin.End);
    }

    public string? Trouble { get; private set; }

    public void Take(List<(XidLine Error, DateTimeOffset Time)> into)
    {
        try
        {
            if (_file is null && !TryOpen()) return;
            ReadOn(into);
            if (!IsRotated()) return;
            _file!.Dispose();
            (_file, _held, _isSkipping) = (null, 0, false);
            if (TryOpen()) ReadOn(into);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Trouble = failure.Message;
        }
    }

    public void Dispose() => _file?.Dispose();

    private bool TryOpen()
    {
        try
        {
            _file = new(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            Trouble = null;
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Trouble = refused.Message;
            return false;
        }
    }

    // The file that is open was read to its end. One of its name that is shorter was truncated or is another; one that is longer than it,
    // asked later, must be another.
    private bool IsRotated()
    {
        var named = new FileInfo(_path);
        return named.Exists && (named.Length < _file!.Position || named.Length > _file.Length);
    }

    private void ReadOn(List<(XidLine Error, DateTimeOffset Time)> into)
    {
        for (var total = 0; total < MostBytes;)
        {
            var read = _file!.Read(_buffer.AsSpan(_held));
            if (read == 0) return;
            total += read;
            _held += read;
            TakeLines(into);
        }
    }

    private void TakeLines(List<(XidLine Error, DateTimeOffset Time)> into)
    {
        var bytes = _buffer.AsSpan(0, _held);
        while (bytes.IndexOf((byte)'\n') is >= 0 and var end)
        {
            if (!_isSkipping && KernelLine.TryReadLine(Encoding.UTF8.GetString(bytes[..end]), out var message)
                && XidLine.TryRead(message, out var error)) into.Add((error, _time.GetUtcNow()));
            _isSkipping = false;
            bytes = bytes[(end + 1)..];
        }

        _isSkipping |= bytes.Length == _buffer.Length;
        if (_isSkipping) bytes = default;
        bytes.CopyTo(_buffer);
        _held = bytes.Length;
    }
}
