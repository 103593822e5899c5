using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace LeptonStream.Kafka.Native;

/// <summary>
/// Polls a consumer of Confluent.Kafka and leaves the records in the client's own memory: no object and no copy for any of them. The polls
/// serve the same queue as that of <c>Consume</c>, so handlers run, errors come, and the group's timers go on as there.
/// </summary>
/// <remarks>
/// Handlers run inside a poll, and may take partitions away of which the same poll returns messages: <see cref="Drop"/> them then.
/// </remarks>
internal sealed unsafe class NativeConsumer : IDisposable
{
    private const int ReasonBytes = 512;

    // A call for each would cost more than the rest of receiving a small record.
    private const int MostAtOnce = 256;

    private readonly SafeHandle _handle;
    private readonly nint[] _received = GC.AllocateArray<nint>(MostAtOnce, pinned: true);
    private nint _client;
    private nint _queue;
    private int _next;
    private int _end;

    private NativeConsumer(SafeHandle handle)
    {
        var isHeld = false;
        handle.DangerousAddRef(ref isHeld);
        _handle = handle;
        _client = handle.DangerousGetHandle();
    }

    /// <summary>The way to a consumer's native client; null where this program does not find it, with the reason.</summary>
    /// <param name="client">The consumer's handle.</param>
    /// <param name="name">The consumer's name, which the native client has to have, too.</param>
    /// <param name="reason">Why not.</param>
    public static NativeConsumer? Of(Handle client, string name, out string? reason)
    {
        NativeConsumer? consumer = null;
        try
        {
            consumer = new(ClientLibrary.HandleOf(client));
            var found = Marshal.PtrToStringUTF8(NativeCalls.NameOf(consumer._client));
            consumer._queue = NativeCalls.QueueOf(consumer._client);
            reason = found != name ? $"the native client is named '{found}'" : consumer._queue == 0 ? "it has no queue" : null;
        }
        // TypeLoadException is also of a library or an entry point that is not there.
        catch (Exception missing) when (missing is MissingMemberException or TypeLoadException or InvalidCastException)
        {
            reason = missing.Message;
        }

        if (reason is null) return consumer;
        consumer?.Dispose();
        return null;
    }

    /// <summary>
    /// Asks the client for one message. The caller owns it, and gives it to <see cref="LogRecord.Release"/> or <see cref="Release"/>.
    /// </summary>
    /// <returns>A record, an error, the end of a partition, or null.</returns>
    public NativeMessage* Poll(TimeSpan wait) => NativeCalls.Poll(_client, (int)wait.TotalMilliseconds);

    /// <summary>Asks the client for the messages that wait in its queue, without waiting for more.</summary>
    /// <param name="most">Number of them, at most.</param>
    public void Receive(int most)
    {
        var room = (NativeMessage**)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_received));
        _next = 0;
        _end = (int)Math.Max(0, NativeCalls.PollMany(_queue, 0, room, (nuint)Math.Clamp(most, 1, MostAtOnce)));
    }

    /// <summary>Gives the next of the received messages to the caller, as <see cref="Poll"/> does.</summary>
    public bool TryNext(out NativeMessage* message)
    {
        message = _next < _end ? (NativeMessage*)_received[_next++] : null;
        return message is not null;
    }

    /// <summary>Releases the received messages of a partition that are not given to the caller yet.</summary>
    public void Drop(int partition)
    {
        var kept = _next;
        for (var i = _next; i < _end; i++)
        {
            var message = (NativeMessage*)_received[i];
            if (message->Partition == partition) Release(message);
            else _received[kept++] = _received[i];
        }

        _end = kept;
    }

    /// <summary>The error that came in place of a record.</summary>
    public Error ErrorOf(NativeMessage* message)
    {
        if (message->Error != ErrorCode.Local_Fatal)
            return new(message->Error, Marshal.PtrToStringUTF8(NativeCalls.ErrorOf(message)));
        var reason = stackalloc byte[ReasonBytes];
        var code = NativeCalls.FatalError(_client, reason, ReasonBytes);
        return new(code, Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(reason)), isFatal: true);
    }

    public static void Release(NativeMessage* message) => NativeCalls.Destroy(message);

    /// <summary>To be called before the consumer is closed, and when no record of it is left.</summary>
    public void Dispose()
    {
        if (_client == 0) return;
        while (TryNext(out var message)) Release(message);
        if (_queue != 0) NativeCalls.DestroyQueue(_queue);
        _client = _queue = 0;
        _handle.DangerousRelease();
    }
}
