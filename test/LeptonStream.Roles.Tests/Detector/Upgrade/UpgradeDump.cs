using System.IO.Compression;
using Confluent.Kafka;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Detector.Upgrade;

/// <summary>The records of some topics' only partition, from offset 0 on, as a compressed file.</summary>
internal static class UpgradeDump
{
    /// <summary>Bytes of a dump, at most: it lies in the repository.</summary>
    public const int MaxBytes = 200 * 1024;

    /// <summary>Reads topics that hold all that was ever written to them.</summary>
    public static byte[] Of(TopicProbe probe, IReadOnlyCollection<string> topics)
    {
        using var bytes = new MemoryStream();
        using (var packed = new BrotliStream(bytes, CompressionLevel.SmallestSize, leaveOpen: true))
        using (var dump = new BinaryWriter(packed))
        {
            foreach (var topic in topics)
            {
                var records = probe.Read(topic);
                dump.Write(topic);
                dump.Write(records.Count);
                foreach (var (offset, record) in records.Index())
                {
                    Assert.That(record.Offset.Value, Is.EqualTo(offset), $"{topic}: an offset is missing");
                    Write(dump, record.Message);
                }
            }
        }

        return bytes.ToArray();
    }

    /// <summary>Writes the records of a dump to empty topics; each gets the offset that it had.</summary>
    public static void Produce(byte[] bytes, TopicProbe probe)
    {
        using var packed = new BrotliStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        packed.CopyTo(whole);
        whole.Position = 0;
        using var dump = new BinaryReader(whole);
        while (whole.Position < whole.Length)
        {
            var topic = dump.ReadString();
            var count = dump.ReadInt32();
            probe.Produce(topic, 0, [.. Enumerable.Range(0, count).Select(_ => ReadRecord(dump))]);
        }
    }

    private static void Write(BinaryWriter dump, Message<byte[]?, byte[]?> record)
    {
        dump.Write(record.Timestamp.UnixTimestampMs);
        Write(dump, record.Key);
        Write(dump, record.Value);
        var headers = record.Headers ?? [];
        dump.Write(headers.Count);
        foreach (var header in headers)
        {
            dump.Write(header.Key);
            Write(dump, header.GetValueBytes());
        }
    }

    private static Message<byte[]?, byte[]?> ReadRecord(BinaryReader dump)
    {
        var record = new Message<byte[]?, byte[]?>
        {
            Timestamp = new(dump.ReadInt64(), TimestampType.CreateTime), Key = ReadBytes(dump), Value = ReadBytes(dump), Headers = [],
        };
        for (var left = dump.ReadInt32(); left > 0; left--) record.Headers.Add(dump.ReadString(), ReadBytes(dump));
        return record;
    }

    private static void Write(BinaryWriter dump, byte[]? bytes)
    {
        dump.Write(bytes?.Length ?? -1);
        if (bytes is not null) dump.Write(bytes);
    }

    private static byte[]? ReadBytes(BinaryReader dump) => dump.ReadInt32() is >= 0 and var length ? dump.ReadBytes(length) : null;
}
