using System.Text;
using LeptonStream.Samples;

namespace LeptonStream.Testing;

/// <summary>A record that must be refused, and why.</summary>
/// <param name="Name">What is wrong with it.</param>
/// <param name="Value">Its value; null for a tombstone.</param>
/// <param name="Reason">The reason it must be refused with.</param>
public sealed record HostileRecord(string Name, byte[]? Value, RejectReason Reason)
{
    public override string ToString() => Name;
}

/// <summary>What producers, bugs and attackers send instead of metrics.</summary>
public static class HostileRecords
{
    /// <summary>Every hostile record, for a log time of <paramref name="now"/>.</summary>
    public static IReadOnlyList<HostileRecord> At(Timestamp now) =>
    [
        new("null value", null, RejectReason.EmptyValue),
        new("empty value", [], RejectReason.EmptyValue),
        new("blanks only", "   \n"u8.ToArray(), RejectReason.MalformedJson),
        new("truncated object", Bytes(Good(now)[..^9]), RejectReason.MalformedJson),
        new("truncated in a string", Bytes("""{"model":"lla"""), RejectReason.MalformedJson),
        new("truncated array", Bytes("[" + Good(now) + ","), RejectReason.MalformedJson),
        new("something behind the message", Bytes(Good(now) + "x"), RejectReason.MalformedJson),
        new("half a message behind a message", Bytes(Good(now) + "\n" + Good(now)[..^9]), RejectReason.MalformedJson),
        new("a number behind a message", Bytes(Good(now) + "\n42"), RejectReason.NotAnObject),
        new("comment", Bytes("/* hi */" + Good(now)), RejectReason.MalformedJson),
        new("single quotes", Bytes(Good(now).Replace('"', '\'')), RejectReason.MalformedJson),
        new("trailing comma", Bytes(Message(now, "\"a\":1,")), RejectReason.MalformedJson),
        new("bare None", Bytes(Message(now, "\"loss\":None")), RejectReason.MalformedJson),
        new("bare NaN twice", Bytes(Message(now, "\"loss\":NaN NaN")), RejectReason.MalformedJson),
        new("bare NaN as model", Bytes(Good(now).Replace("\"m\"", "NaN")), RejectReason.WrongType),
        new("bare NaN as step", Bytes(Good(now).Replace("\"model\"", "\"step\":NaN,\"model\"")), RejectReason.WrongType),
        new("hexadecimal number", Bytes(Message(now, "\"a\":0x10")), RejectReason.MalformedJson),
        new("leading zero", Bytes(Message(now, "\"a\":007")), RejectReason.MalformedJson),
        new("nothing but a byte order mark", [0xEF, 0xBB, 0xBF], RejectReason.MalformedJson),
        new("byte order mark in the middle", Bytes(Good(now) + "\n\uFEFF" + Good(now)), RejectReason.MalformedJson),
        new("UTF-16", Encoding.Unicode.GetBytes(Good(now)), RejectReason.MalformedJson),
        new("invalid UTF-8", [.. Bytes("""{"model":"m"""), 0xC3, 0x28, .. Bytes("\"}")], RejectReason.InvalidUtf8),
        new("overlong UTF-8", [.. Bytes("""{"model":"m"""), 0xC0, 0x80, .. Bytes("\"}")], RejectReason.InvalidUtf8),
        new("random bytes", RandomBytes(512), RejectReason.InvalidUtf8),
        new("number beyond a 64-bit float", Bytes(Message(now, "\"a\":1e400")), RejectReason.NumberOutOfRange),
        new("negative number beyond a 64-bit float", Bytes(Message(now, "\"a\":-1e400")), RejectReason.NumberOutOfRange),
        new("deep arrays", Bytes(new string('[', 10_000)), RejectReason.NotAnObject),
        new("deep unknown field", Bytes(Good(now).Replace("\"model\"", "\"x\":" + new string('[', 9) + new string(']', 9) + ",\"model\"")),
            RejectReason.TooDeep),
        new("deep metrics", Bytes(Message(now, string.Concat(Enumerable.Repeat("\"a\":{", 5000)))), RejectReason.WrongType),
        new("a number", "42"u8.ToArray(), RejectReason.NotAnObject),
        new("a string", "\"hello\""u8.ToArray(), RejectReason.NotAnObject),
        new("null", "null"u8.ToArray(), RejectReason.NotAnObject),
        new("array of numbers", "[1,2,3]"u8.ToArray(), RejectReason.NotAnObject),
        new("array with one bad message", Bytes($"[{Good(now)},{{\"model\":\"m\"}}]"), RejectReason.MissingField),
        new("empty array", "[]"u8.ToArray(), RejectReason.Empty),
        new("empty object", "{}"u8.ToArray(), RejectReason.MissingField),
        new("no model", Bytes($"{{\"ts\":\"{now}\",\"metrics\":{{\"a\":1}}}}"), RejectReason.MissingField),
        new("no time", """{"model":"m","metrics":{"a":1}}"""u8.ToArray(), RejectReason.MissingField),
        new("no metrics", Bytes($$"""{"model":"m","ts":"{{now}}"}"""), RejectReason.MissingField),
        new("empty metrics", Bytes(Message(now, "")), RejectReason.Empty),
        new("model is a number", Bytes(Good(now).Replace("\"m\"", "5")), RejectReason.WrongType),
        new("model is null", Bytes(Good(now).Replace("\"m\"", "null")), RejectReason.WrongType),
        new("empty model", Bytes(Good(now).Replace("\"m\"", "\"\"")), RejectReason.InvalidText),
        new("metrics is an array", Bytes($$"""{"model":"m","ts":"{{now}}","metrics":[1]}"""), RejectReason.WrongType),
        new("metric is text", Bytes(Message(now, "\"a\":\"12\"")), RejectReason.WrongType),
        new("metric is a boolean", Bytes(Message(now, "\"a\":true")), RejectReason.WrongType),
        new("metric is an object", Bytes(Message(now, "\"a\":{\"value\":1}")), RejectReason.WrongType),
        new("labels is a string", Bytes(Good(now).Replace("\"model\"", "\"labels\":\"a=b\",\"model\"")), RejectReason.WrongType),
        new("label is an object", Bytes(Good(now).Replace("\"model\"", "\"labels\":{\"k8s\":{\"pod\":\"x\"}},\"model\"")),
            RejectReason.WrongType),
        new("step as text", Bytes(Good(now).Replace("\"model\"", "\"step\":\"100\",\"model\"")), RejectReason.WrongType),
        new("step is a fraction", Bytes(Good(now).Replace("\"model\"", "\"step\":1.5,\"model\"")), RejectReason.WrongType),
        new("negative step", Bytes(Good(now).Replace("\"model\"", "\"step\":-4,\"model\"")), RejectReason.WrongType),
        new("time is prose", Bytes(Good(now).Replace(now.ToString(), "yesterday")), RejectReason.WrongType),
        new("time without offset", Bytes(Good(now).Replace(now.ToString(), "2026-11-22T10:00:00")), RejectReason.WrongType),
        new("time is an object", """{"model":"m","ts":{},"metrics":{"a":1}}"""u8.ToArray(), RejectReason.WrongType),
        new("time in 1970", """{"model":"m","ts":0,"metrics":{"a":1}}"""u8.ToArray(), RejectReason.TimeOutOfRange),
        new("time before the epoch", """{"model":"m","ts":-86400,"metrics":{"a":1}}"""u8.ToArray(), RejectReason.TimeOutOfRange),
        new("time an hour ahead", Bytes(Good(now + TimeSpan.FromHours(1))), RejectReason.TimeOutOfRange),
        new("time in the year 9999", """{"model":"m","ts":"9999-12-31T23:59:59Z","metrics":{"a":1}}"""u8.ToArray(),
            RejectReason.TimeOutOfRange),
        new("time beyond 64 bits", """{"model":"m","ts":99999999999999999999999,"metrics":{"a":1}}"""u8.ToArray(),
            RejectReason.TimeOutOfRange),
        new("duplicate model", Bytes(Good(now).Replace("\"model\":\"m\"", "\"model\":\"m\",\"model\":\"n\"")), RejectReason.DuplicateField),
        new("duplicate metric", Bytes(Message(now, "\"a\":1,\"a\":2")), RejectReason.DuplicateField),
        new("duplicate metric by escape", Bytes(Message(now, "\"a\":1,\"\\u0061\":2")), RejectReason.DuplicateField),
        new("duplicate label", Bytes(Good(now).Replace("\"model\"", "\"labels\":{\"a\":\"1\",\"a\":\"2\"},\"model\"")),
            RejectReason.DuplicateField),
        new("U+0000 in the model", Bytes(Good(now).Replace("\"m\"", "\"m\\u0000\"")), RejectReason.InvalidText),
        new("U+0000 in a label", Bytes(Good(now).Replace("\"model\"", "\"labels\":{\"a\":\"\\u0000\"},\"model\"")),
            RejectReason.InvalidText),
        new("escape sequence in a metric name", Bytes(Message(now, "\"\\u001b[31mred\":1")), RejectReason.InvalidText),
        new("U+007F in a label", Bytes(Good(now).Replace("\"model\"", "\"labels\":{\"a\":\"b\u007F\"},\"model\"")),
            RejectReason.InvalidText),
        new("U+0085 in a metric name", Bytes(Message(now, "\"a\u0085b\":1")), RejectReason.InvalidText),
        new("U+009B by escape in a label name", Bytes(Good(now).Replace("\"model\"", "\"labels\":{\"\\u009b\":\"b\"},\"model\"")),
            RejectReason.InvalidText),
        new("lone surrogate", Bytes(Good(now).Replace("\"m\"", "\"\\ud800\"")), RejectReason.InvalidText),
        new("model of half a megabyte", Bytes(Good(now).Replace("\"m\"", $"\"{new string('m', 500_000)}\"")), RejectReason.InvalidText),
        new("string of a megabyte", Bytes(Good(now).Replace("\"m\"", $"\"{new string('m', 1_000_000)}\"")), RejectReason.InvalidText),
        new("more than a megabyte", Bytes(Good(now).Replace("\"m\"", $"\"{new string('m', 1_048_576)}\"")), RejectReason.TooLarge),
        new("a thousand labels", Bytes(Good(now).Replace("\"model\"", $"\"labels\":{{{Many(1000, i => $"\"l{i}\":\"v\"")}}},\"model\"")),
            RejectReason.TooMany),
        new("ten thousand metrics", Bytes(Message(now, Many(10_000, i => $"\"m{i}\":{i}"))), RejectReason.TooMany),
    ];

    /// <summary>A message that is sound, for comparison.</summary>
    public static string Good(Timestamp time) => Message(time, "\"a\":1");

    private static string Message(Timestamp time, string metrics) => $$$"""{"model":"m","ts":"{{{time}}}","metrics":{{{{metrics}}}}}""";

    private static string Many(int count, Func<int, string> part) => string.Join(',', Enumerable.Range(0, count).Select(part));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        new Random(20261122).NextBytes(bytes);
        return bytes;
    }
}
