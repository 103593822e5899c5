using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace LeptonStream.Kafka.Native;

/// <summary>
/// The part of librdkafka's rdkafka.h that <see cref="NativeConsumer"/>, <see cref="AssignmentLoss"/> and <see cref="LogRecord"/> use.
/// </summary>
internal static unsafe partial class NativeCalls
{
    static NativeCalls() => _ = ClientLibrary.IsResolved;

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_name")]
    internal static partial nint NameOf(nint client);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_fatal_error")]
    internal static partial ErrorCode FatalError(nint client, byte* reason, nuint size);

    // Calls the handlers of the client's user on this thread.
    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_consumer_poll")]
    internal static partial NativeMessage* Poll(nint client, int milliseconds);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_queue_get_consumer")]
    internal static partial nint QueueOf(nint client);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_queue_destroy")]
    internal static partial void DestroyQueue(nint queue);

    // As Poll; returns a number, or -1.
    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_consume_batch_queue")]
    internal static partial nint PollMany(nint queue, int milliseconds, NativeMessage** messages, nuint most);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_assignment_lost")]
    internal static partial int IsAssignmentLost(nint client);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_message_destroy")]
    internal static partial void Destroy(NativeMessage* message);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_message_errstr")]
    internal static partial nint ErrorOf(NativeMessage* message);

    // The next two read a field each.
    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_message_leader_epoch"), SuppressGCTransition]
    internal static partial int LeaderEpochOf(NativeMessage* message);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_message_timestamp"), SuppressGCTransition]
    internal static partial long TimestampOf(NativeMessage* message, int* type);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_message_headers")]
    internal static partial ErrorCode HeadersOf(NativeMessage* message, out nint headers);

    [LibraryImport(ClientLibrary.Name, EntryPoint = "rd_kafka_header_get_all")]
    internal static partial ErrorCode HeaderAt(nint headers, nuint index, out nint name, out nint value, out nuint size);
}

/// <summary><c>rd_kafka_message_t</c>, whose layout is part of librdkafka's interface.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeMessage
{
    public ErrorCode Error;
    public nint Topic;
    public int Partition;
    public byte* Payload;
    public nuint PayloadSize;
    public byte* Key;
    public nuint KeySize;
    public long Offset;
    public nint Private;
}
