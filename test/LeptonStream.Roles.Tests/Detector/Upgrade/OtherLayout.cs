using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Detector.Snapshots;
using LeptonStream.Kafka;
using LeptonStream.State;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Detector.Upgrade;

/// <summary>Writes a snapshot once more, as the newest, as a program would have whose layout is called otherwise.</summary>
internal static class OtherLayout
{
    /// <param name="probe">Writes to the topic.</param>
    /// <param name="topics">The topics.</param>
    /// <param name="change">Changes names in the description; the bytes stay.</param>
    public static void Write(TopicProbe probe, TopicNames topics, Func<string, string> change)
    {
        var records = probe.Read(topics.State);
        var newest = records.Last(record => Encoding.UTF8.GetString(record.Message.Key!).StartsWith("header/", StringComparison.Ordinal));
        var header = JsonNode.Parse(newest.Message.Value!)!.AsObject();
        var text = change(PackedLayout.Read(Convert.FromBase64String(header["description"]!.GetValue<string>())));
        var fingerprint = XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(text));
        var chunks = header["chunks"]!.AsArray();
        var first = WithHead(records.Single(record => record.Offset == chunks[0]!["offset"]!.GetValue<long>()).Message.Value!, fingerprint);
        var rest = chunks.Skip(1).Select(chunk => records.Single(record => record.Offset == chunk!["offset"]!.GetValue<long>()).Message);
        chunks[0]!["hash"] = XxHash3.HashToUInt64(first);
        foreach (var (place, chunk) in chunks.Index()) chunk!["offset"] = records.Count + place;
        var number = header["number"]!.GetValue<long>() + 1;
        header["number"] = number;
        header["layout"] = JsonNode.Parse(fingerprint.ToString(null, null));
        header["description"] = Convert.ToBase64String(PackedLayout.Of(text));
        Message<byte[]?, byte[]?>[] snapshot =
        [
            new() { Key = Encoding.UTF8.GetBytes(StateKeys.Chunk(number, 0)), Value = first }, .. rest,
            new() { Key = Encoding.UTF8.GetBytes(StateKeys.Header(number)), Value = Encoding.UTF8.GetBytes(header.ToJsonString()) },
        ];
        probe.Produce(topics.State, 0, snapshot);
    }

    // The first block begins with the fingerprint.
    private static byte[] WithHead(byte[] chunk, UInt128 fingerprint)
    {
        ReadOnlySpan<byte> rest = chunk;
        var head = SnapshotBlock.ReadFrom(ref rest);
        var bytes = head.Bytes.ToArray();
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, fingerprint);
        var written = new ArrayBufferWriter<byte>(chunk.Length);
        new SnapshotBlock(head.Kind, head.Id, bytes).WriteTo(written);
        written.Write(rest);
        return written.WrittenSpan.ToArray();
    }
}
