using System.Buffers.Binary;
using System.Net.Sockets;
using System.Numerics;
using System.Text;

namespace LeptonStream.Testing;

/// <summary>
/// Batches of records as bytes, written by a Produce request of their own: those that no client would send. The embedded broker takes
/// them as they are.
/// </summary>
public static class RawBatch
{
    private const int HeaderBytes = 61;
    private const int UnknownCodec = 6;
    private const int Gzip = 1;

    /// <summary>A batch of records without content.</summary>
    /// <param name="records">Number of records: offsets that the batch takes.</param>
    /// <param name="fault">The fault.</param>
    public static byte[] Of(int records, BatchFault fault)
    {
        var payload = Enumerable.Repeat((byte)0x0c, 6 * records).ToArray();
        var batch = new byte[HeaderBytes + payload.Length];
        payload.CopyTo(batch, HeaderBytes);
        var span = batch.AsSpan();
        BinaryPrimitives.WriteInt32BigEndian(span[8..], batch.Length - 12);
        if (fault == BatchFault.WrongLength) BinaryPrimitives.WriteInt32BigEndian(span[8..], batch.Length + 1_000_000);
        batch[16] = 2;
        var codec = fault switch { BatchFault.UnknownCodec => UnknownCodec, BatchFault.BadCompression => Gzip, _ => 0 };
        BinaryPrimitives.WriteInt16BigEndian(span[21..], (short)codec);
        BinaryPrimitives.WriteInt32BigEndian(span[23..], records - 1);
        var time = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteInt64BigEndian(span[27..], time);
        BinaryPrimitives.WriteInt64BigEndian(span[35..], time);
        // No producer id, epoch and sequence.
        span[43..57].Fill(0xff);
        BinaryPrimitives.WriteInt32BigEndian(span[57..], records);
        var checksum = fault == BatchFault.WrongChecksum ? 0xbadbadu : Checksum(span[21..]);
        BinaryPrimitives.WriteUInt32BigEndian(span[17..], checksum);
        return batch;
    }

    /// <summary>Writes a batch to a partition.</summary>
    /// <exception cref="InvalidOperationException">The broker refused it.</exception>
    public static void Produce(string bootstrapServers, string topic, int partition, byte[] batch)
    {
        var address = bootstrapServers.Split(',')[0].Split(':');
        using var client = new TcpClient(address[0], int.Parse(address[1], null));
        using var stream = client.GetStream();
        stream.Write(Request(topic, partition, batch));
        var length = new byte[4];
        stream.ReadExactly(length);
        var answer = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        stream.ReadExactly(answer);
        // Correlation id, one topic with its name, one partition with its number, and then its error.
        var error = BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(4 + 4 + 2 + Encoding.UTF8.GetByteCount(topic) + 4 + 4));
        if (error != 0) throw new InvalidOperationException($"{topic}/{partition} refuses the batch: error {error}");
    }

    // Produce, version 3.
    private static byte[] Request(string topic, int partition, byte[] batch)
    {
        using var body = new MemoryStream();
        Write16(body, 0);
        Write16(body, 3);
        Write32(body, 1);
        WriteText(body, "raw");
        Write16(body, -1);
        Write16(body, -1);
        Write32(body, 10_000);
        Write32(body, 1);
        WriteText(body, topic);
        Write32(body, 1);
        Write32(body, partition);
        Write32(body, batch.Length);
        body.Write(batch);
        var request = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(request, (int)body.Length);
        body.ToArray().CopyTo(request, 4);
        return request;
    }

    private static void Write16(MemoryStream body, short number)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteInt16BigEndian(bytes, number);
        body.Write(bytes);
    }

    private static void Write32(MemoryStream body, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        body.Write(bytes);
    }

    private static void WriteText(MemoryStream body, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Write16(body, (short)bytes.Length);
        body.Write(bytes);
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        foreach (var one in bytes) crc = BitOperations.Crc32C(crc, one);
        return ~crc;
    }
}

/// <summary>The ways in which a batch can't be decoded.</summary>
public enum BatchFault
{
    /// <summary>Its checksum is that of other bytes.</summary>
    WrongChecksum = 0,

    /// <summary>It is packed in a way that no client knows.</summary>
    UnknownCodec = 1,

    /// <summary>It is said to be packed, and is not.</summary>
    BadCompression = 2,

    /// <summary>It is said to be longer than it is.</summary>
    WrongLength = 3,
}
