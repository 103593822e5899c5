namespace LeptonStream.Roles.Tests.Collector.Formats;

/// <summary>Protobuf by hand: messages that no generated class would write.</summary>
internal static class ProtoBytes
{
    public sealed record Scalar(byte[] Bytes, int Wire);

    public static Scalar Fixed(ulong value) => new(BitConverter.GetBytes(value), 1);

    public static Scalar Varint(ulong value)
    {
        using var bytes = new MemoryStream();
        Write(bytes, value);
        return new(bytes.ToArray(), 0);
    }

    /// <summary>A message of fields in this order: a <see cref="Scalar"/>, or bytes behind their length.</summary>
    public static byte[] Message(params (int Field, object Value)[] fields)
    {
        using var bytes = new MemoryStream();
        foreach (var (field, value) in fields)
        {
            if (value is Scalar scalar)
            {
                Write(bytes, (ulong)((field << 3) | scalar.Wire));
                bytes.Write(scalar.Bytes);
                continue;
            }

            Write(bytes, (ulong)((field << 3) | 2));
            Write(bytes, (ulong)((byte[])value).Length);
            bytes.Write((byte[])value);
        }

        return bytes.ToArray();
    }

    private static void Write(MemoryStream bytes, ulong varint)
    {
        for (; varint >= 0x80; varint >>= 7) bytes.WriteByte((byte)(varint | 0x80));
        bytes.WriteByte((byte)varint);
    }
}
