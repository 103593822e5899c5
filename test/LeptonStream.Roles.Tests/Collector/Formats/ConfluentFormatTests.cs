using System.Buffers.Binary;
using Avro;
using Avro.Generic;
using Avro.IO;
using LeptonStream.Collector.Points;

namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>Confluent's wire format: the magic byte, the id of a schema, and JSON, Protobuf or Avro behind it.</summary>
public sealed class ConfluentFormatTests
{
    private const string AdapterSchema = """
        {"namespace":"io.prometheus","type":"record","name":"Metric","fields":[
          {"name":"timestamp","type":"string"},{"name":"value","type":"string"},{"name":"name","type":"string"},
          {"name":"labels","type":{"type":"map","values":"string"}}]}
        """;

    private const string NativeSchema = """
        {"type":"record","name":"Message","fields":[
          {"name":"model","type":"string"},{"name":"ts","type":{"type":"long","logicalType":"timestamp-millis"}},
          {"name":"step","type":["null","long"],"default":null},
          {"name":"metrics","type":{"type":"map","values":["null","double","float","int"]}}]}
        """;

    private readonly Payloads _payloads = new();

    [SetUp]
    public void UseSchemas() => _payloads.Catalog.Schemas = id => id switch
    {
        1 => AdapterSchema,
        2 => NativeSchema,
        3 => """{"type":"array","items":"null"}""",
        4 => "no schema",
        5 => """{"type":"record","name":"Loop","fields":[{"name":"next","type":["null","Loop"]}]}""",
        _ => null,
    };

    [Test]
    public void Read_OfJson_NeedsNoSchema()
    {
        var payload = Framed(99, """{"model":"m","ts":1763856000,"metrics":{"a":1}}"""u8);
        Assert.That(_payloads.Read("confluent", payload).Text, Is.EqualTo("Untyped a model=m = 1 @1763856000000000000\n"));
        Assert.That(_payloads.Catalog.ByLook(payload).Format?.Name, Is.EqualTo("confluent"));
    }

    [TestCase(new byte[] { 0 }, Description = "as most serializers shorten it")]
    [TestCase(new byte[] { 2, 0 }, Description = "in full")]
    public void Read_OfOtlpAsProtobuf_NeedsNoSchema(byte[] indexes)
    {
        var otlp = File.ReadAllBytes(Path.Combine(WireCaptureTests.Folder, "otlp", "otlp_proto-1.bin"));
        var plain = _payloads.Read("otlp_proto", otlp).Text;
        Assert.That(_payloads.Read("confluent", Framed(99, [.. indexes, .. otlp])).Text, Is.EqualTo(plain));
    }

    [Test]
    public void Read_OfAvroRecords_BecomesTheirPoints()
    {
        var schema = (RecordSchema)Schema.Parse(AdapterSchema);
        var record = new GenericRecord(schema);
        record.Add("timestamp", "2025-11-23T00:00:00Z");
        record.Add("value", "1.5");
        record.Add("name", "up");
        record.Add("labels", new Dictionary<string, object> { ["__name__"] = "up", ["job"] = "训练" });
        var (outcome, text) = _payloads.Read("confluent", Framed(1, Encode(schema, record)));
        Assert.That(text, Is.EqualTo("Untyped up = 1.5 @1763856000000000000\n  labels: job=训练\n"));
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Taken));
    }

    [Test]
    public void Read_OfUnionsAndLogicalTypes_BecomesTheirPoints()
    {
        var schema = (RecordSchema)Schema.Parse(NativeSchema);
        var record = new GenericRecord(schema);
        record.Add("model", "m");
        record.Add("ts", DateTime.UnixEpoch.AddSeconds(1763856000));
        record.Add("step", 7L);
        record.Add("metrics", new Dictionary<string, object?> { ["a"] = 1.5, ["b"] = 2.5f, ["c"] = 3, ["d"] = null });
        var (_, text) = _payloads.Read("confluent", Framed(2, Encode(schema, record)));
        Assert.That(text.Split('\n'), Is.SupersetOf((string[])[
            "Untyped a model=m step=7 = 1.5 @1763856000000000000", "Untyped b model=m step=7 = 2.5 @1763856000000000000",
            "Untyped c model=m step=7 = 3 @1763856000000000000", "NoValue: d: a metric"]));
    }

    [TestCase(9, new byte[] { 2, 2, 2 }, RefusalReason.NoSchema)]
    [TestCase(4, new byte[] { 2, 2, 2 }, RefusalReason.NoSchema)]
    [TestCase(1, new byte[] { 2, 65, 2 }, RefusalReason.Malformed)]
    [TestCase(1, new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F }, RefusalReason.Malformed)]
    [TestCase(1, new byte[] { 2, 0xFF, 2, 2, 2, 2, 0 }, RefusalReason.InvalidUtf8)]
    [TestCase(3, new byte[] { 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0 }, RefusalReason.TooManyPoints)]
    [TestCase(3, new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0, 0 }, RefusalReason.Malformed)]
    public void Read_OfWhatIsNoRecord_IsRefusedWithItsReason(int id, byte[] record, RefusalReason reason)
    {
        var (outcome, text) = _payloads.Read("confluent", Framed(id, record));
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Refused));
        Assert.That(_payloads.Batch.CountOf(reason), Is.EqualTo(1), text);
    }

    [Test]
    public void Read_OfARecordInItselfForEver_IsRefused()
    {
        var (outcome, text) = _payloads.Read("confluent", Framed(5, [.. Enumerable.Repeat((byte)2, 10_000)]));
        Assert.That(outcome, Is.EqualTo(FormatOutcome.Refused));
        Assert.That(_payloads.Batch.CountOf(RefusalReason.TooDeep), Is.EqualTo(1), text);
    }

    [Test]
    public void Read_OfChangedRecords_NeverThrows()
    {
        var random = new Random(5);
        var schema = (RecordSchema)Schema.Parse(NativeSchema);
        var record = new GenericRecord(schema);
        record.Add("model", "m");
        record.Add("ts", DateTime.UnixEpoch);
        record.Add("step", null);
        record.Add("metrics", new Dictionary<string, object?> { ["a"] = 1.5, ["b"] = 2.5f });
        var good = Framed(2, Encode(schema, record));
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = good.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--) bytes[random.Next(5, bytes.Length)] = (byte)random.Next(256);
            var (outcome, text) = _payloads.Read("confluent", bytes[..random.Next(5, bytes.Length + 1)]);
            Assert.That(outcome == FormatOutcome.Taken || _payloads.Batch.FaultCount > 0, Is.True, text);
        }
    }

    private static byte[] Framed(int id, ReadOnlySpan<byte> payload)
    {
        var framed = new byte[5 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), id);
        payload.CopyTo(framed.AsSpan(5));
        return framed;
    }

    private static byte[] Encode(RecordSchema schema, GenericRecord record)
    {
        using var bytes = new MemoryStream();
        new GenericDatumWriter<GenericRecord>(schema).Write(record, new BinaryEncoder(bytes));
        return bytes.ToArray();
    }
}
