using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Confluent.Kafka;
using LeptonStream.Kafka.Native;

namespace LeptonStream.Kafka;

/// <summary>
/// A record of a topic, as the client has read it: in the client's own memory, or as an object of its public interface. What it gives out
/// is valid until the membership that it came from takes or gathers the next one.
/// </summary>
public readonly unsafe struct LogRecord
{
    private const int LineBytes = 64;

    private readonly NativeMessage* _native;

    // Of a record in the client's memory, its topic.
    private readonly object _managed;

    /// <param name="record">The record as an object of the client's public interface.</param>
    public LogRecord(ConsumeResult<byte[]?, byte[]?> record) => _managed = record;

    internal LogRecord(NativeMessage* message, string topic)
    {
        _native = message;
        _managed = topic;
    }

    /// <summary>The number of its partition.</summary>
    public int Partition => _native is not null ? _native->Partition : Managed.Partition.Value;

    public long Offset => _native is not null ? _native->Offset : Managed.Offset.Value;

    /// <summary>The epoch of the partition's leader when it was read; null or -1 where that is not known.</summary>
    public int? LeaderEpoch => _native is not null ? NativeCalls.LeaderEpochOf(_native) : Managed.LeaderEpoch;

    /// <summary>Its time in the log, in milliseconds since 1970.</summary>
    public long UnixMilliseconds =>
        _native is not null ? NativeCalls.TimestampOf(_native, null) : Managed.Message.Timestamp.UnixTimestampMs;

    /// <summary>Whether it has a key, be it an empty one.</summary>
    public bool HasKey => _native is not null ? _native->Key is not null : Managed.Message.Key is not null;

    /// <summary>Its key; empty where it has none.</summary>
    public ReadOnlySpan<byte> Key => _native is not null
        ? new ReadOnlySpan<byte>(_native->Key, (int)_native->KeySize)
        : Managed.Message.Key;

    /// <summary>Its value; empty where it has none.</summary>
    public ReadOnlySpan<byte> Value => _native is not null
        ? new ReadOnlySpan<byte>(_native->Payload, (int)_native->PayloadSize)
        : Managed.Message.Value;

    /// <summary>The value of its last header of this name; empty where it has none.</summary>
    public ReadOnlySpan<byte> Header(string name)
    {
        if (_native is null) return Managed.Message.Headers?.TryGetLastBytes(name, out var bytes) is true ? bytes : default;
        ReadOnlySpan<byte> last = default;
        if (NativeCalls.HeadersOf(_native, out var list) != ErrorCode.NoError) return last;
        for (nuint i = 0; NativeCalls.HeaderAt(list, i, out var at, out var value, out var size) == ErrorCode.NoError; i++)
            if (value != 0 && Marshal.PtrToStringUTF8(at) == name) last = new((byte*)value, (int)size);
        return last;
    }

    /// <summary>Where it stands, for people.</summary>
    public string Name => new TopicPartitionOffset(Topic, Partition, Offset).Name();

    internal long Size => Key.Length + Value.Length;

    private string Topic => _native is not null ? (string)_managed : Managed.Topic;

    private ConsumeResult<byte[]?, byte[]?> Managed => (ConsumeResult<byte[]?, byte[]?>)_managed;

    /// <summary>The record as an object of the client's public interface, with its headers: a copy that stays valid.</summary>
    public ConsumeResult<byte[]?, byte[]?> ToResult()
    {
        if (_native is null) return Managed;
        int type;
        var time = NativeCalls.TimestampOf(_native, &type);
        return new()
        {
            TopicPartitionOffset = new(Topic, Partition, Offset, LeaderEpoch),
            Message = new()
            {
                Key = HasKey ? Key.ToArray() : null,
                Value = _native->Payload is not null ? Value.ToArray() : null,
                Timestamp = new(time, (TimestampType)type),
                Headers = Headers(),
            },
        };
    }

    /// <summary>Asks the processor's cache for the client's account of the record. Changes nothing.</summary>
    internal void AskForItself()
    {
        if (!Sse.IsSupported || _native is null) return;
        // Beside the message that it shows, the client keeps what it needs to give a time and to free it.
        for (nint line = -2; line <= 2; line++) Sse.Prefetch0((byte*)_native + (line * LineBytes));
    }

    /// <summary>Asks the processor's cache for the beginning of key and value. Changes nothing.</summary>
    internal void AskForBytes()
    {
        if (!Sse.IsSupported || _native is null) return;
        Sse.Prefetch0(_native->Key);
        Sse.Prefetch0(_native->Payload);
        Sse.Prefetch0(_native->Payload + LineBytes);
    }

    /// <summary>Frees the client's memory; the record must not be used any more.</summary>
    internal void Release()
    {
        if (_native is not null) NativeConsumer.Release(_native);
    }

    private Headers Headers()
    {
        var headers = new Headers();
        if (NativeCalls.HeadersOf(_native, out var list) != ErrorCode.NoError) return headers;
        for (nuint i = 0; NativeCalls.HeaderAt(list, i, out var name, out var value, out var size) == ErrorCode.NoError; i++)
            headers.Add(Marshal.PtrToStringUTF8(name), value == 0 ? null : new ReadOnlySpan<byte>((byte*)value, (int)size).ToArray());
        return headers;
    }
}
