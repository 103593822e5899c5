using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace LeptonStream.Kafka.Native;

/// <summary>
/// Polls a consumer of Confluent.Kafka and leaves the records in the client's own memory: no object and no copy for any of them. The poll
/// is the same native call that <c>Consume</c> makes, so handlers run, errors come, and the group's timers go on as there.
/// </summary>
/// <remarks>
/// One record a call, and not librdkafka's batch call: that one moves a partition's position beyond the end of the log, or beyond an
/// error, by one record, and goes on from there after each rebalance.
/// </remarks>
internal sealed unsafe class NativeConsumer : IDisposable
{
    private const int ReasonBytes = 512;

    private readonly SafeHandle _handle;
    private nint _client;

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
            consumer = new((SafeHandle)HandleOf(client));
            var found = Marshal.PtrToStringUTF8(NativeCalls.NameOf(consumer._client));
            reason = found == name ? null : $"the native client is named '{found}'";
        }
        catch (Exception missing) when (missing is MissingMemberException or TypeLoadException or DllNotFoundException or
            InvalidCastException)
        {
            reason = missing.Message;
        }

        if (reason is null) return consumer;
        consumer?.Dispose();
        return null;
    }

    /// <summary>
    /// Asks the client once. The caller owns the message, and gives it to <see cref="LogRecord.Release"/> or <see cref="Release"/>.
    /// </summary>
    /// <returns>A record, an error, the end of a partition, or null.</returns>
    public NativeMessage* Poll(TimeSpan wait) => NativeCalls.Poll(_client, (int)wait.TotalMilliseconds);

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
        _client = 0;
        _handle.DangerousRelease();
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_LibrdkafkaHandle")]
    [return: UnsafeAccessorType("Confluent.Kafka.Impl.SafeKafkaHandle, Confluent.Kafka")]
    private static extern object HandleOf(Handle client);
}
