using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace LeptonStream.Kafka.Native;

/// <summary>The native library that Confluent.Kafka has loaded, for calls that it does not offer.</summary>
internal static class ClientLibrary
{
    public const string Name = "librdkafka";

    // librdkafka.redist carries one build per C library; Confluent.Kafka tries these names too.
    private static readonly string[] Names = [Name, "centos8-librdkafka", "alpine-librdkafka"];

    private static readonly Lazy<bool> Resolver = new(() =>
    {
        NativeLibrary.SetDllImportResolver(typeof(ClientLibrary).Assembly, Resolve);
        return true;
    });

    /// <summary>To be called before the first native call: an assembly has one resolver, which can be set once.</summary>
    public static bool IsResolved => Resolver.Value;

    /// <summary>The native client of a client.</summary>
    /// <exception cref="MissingMemberException">This version of Confluent.Kafka has it elsewhere.</exception>
    /// <exception cref="TypeLoadException">This version of Confluent.Kafka has another.</exception>
    public static SafeHandle HandleOf(Handle client) => (SafeHandle)LibrdkafkaHandleOf(client);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_LibrdkafkaHandle")]
    [return: UnsafeAccessorType("Confluent.Kafka.Impl.SafeKafkaHandle, Confluent.Kafka")]
    private static extern object LibrdkafkaHandleOf(Handle client);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Name) return 0;
        foreach (var candidate in Names)
            if (NativeLibrary.TryLoad(candidate, assembly, path, out var handle)) return handle;
        return 0;
    }
}
