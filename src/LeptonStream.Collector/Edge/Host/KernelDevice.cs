using System.Collections.Concurrent;
using System.Text;

namespace LeptonStream.Collector.Edge.Host;

/// <summary>
/// The kernel's log by its device, <c>/dev/kmsg</c>: one record a read, which waits for the next on a thread of its own. A start takes
/// errors of the last ten minutes again, which it may have missed; those that were sent are duplicates to the detector, or older than its
/// newest sample.
/// </summary>
internal sealed class KernelDevice : IKernelLog
{
    // The kernel writes records of 8 KB at most, and refuses to give a part of one.
    private const int RecordBytes = 16 << 10;
    private const int MostWaiting = 1_000;
    private const int Overrun = 32;
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(10);

    // What the kernel still has of the time before is read in a moment.
    private static readonly TimeSpan Backlog = TimeSpan.FromSeconds(5);

    private readonly FileStream? _device;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly ConcurrentQueue<(XidLine, DateTimeOffset)> _waiting = [];
    private volatile string? _trouble;

    /// <param name="path">Path of the device.</param>
    /// <param name="time">The clock.</param>
    public KernelDevice(string path, TimeProvider time)
    {
        (_time, _began) = (time, time.GetTimestamp());
        try
        {
            _device = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            new Thread(Read) { IsBackground = true, Name = "kernel-log" }.Start();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            _trouble = refused.Message;
        }
    }

    public string? Trouble => _trouble;

    public void Take(List<(XidLine Error, DateTimeOffset Time)> into)
    {
        while (_waiting.TryDequeue(out var error)) into.Add(error);
    }

    // Where the thread waits for a record, the end of the process ends it.
    public void Dispose() => _device?.Dispose();

    private void Read()
    {
        var bytes = new byte[RecordBytes];
        var text = new char[RecordBytes];
        while (true)
        {
            try
            {
                var read = _device!.Read(bytes);
                if (read == 0) break;
                Take(text.AsSpan(0, Encoding.UTF8.GetChars(bytes, 0, read, text, 0)));
            }
            catch (IOException lost) when (lost.HResult == Overrun)
            {
                // The kernel has written more than it keeps: the next read gives the oldest that is left.
            }
            catch (Exception ended) when (ended is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                _trouble = ended.Message;
                return;
            }
        }
    }

    private void Take(ReadOnlySpan<char> record)
    {
        if (!KernelLine.TryReadRecord(record, out var sinceBoot, out var message) || !XidLine.TryRead(message, out var error)) return;
        // A record that comes later is of now. The kernel's own clock drifts: after months it is minutes off, and would make it an old one.
        var age = _time.GetElapsedTime(_began) > Backlog ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Environment.TickCount64) - sinceBoot;
        if (age > Again || _waiting.Count >= MostWaiting) return;
        _waiting.Enqueue((error, _time.GetUtcNow() - (age > TimeSpan.Zero ? age : TimeSpan.Zero)));
    }
}
