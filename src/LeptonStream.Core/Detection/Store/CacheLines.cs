using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using LeptonStream.State;

namespace LeptonStream.Detection.Store;

/// <summary>The processor's cache, as far as it may be asked for something: what is not asked for is only later, never wrong.</summary>
internal static class CacheLines
{
    private const int LineBytes = 64;

    /// <summary>Asks for the lines of an object. Where the garbage collector moves it meanwhile, they were asked for in vain.</summary>
    /// <param name="one">The object.</param>
    /// <param name="lines">Lines of it that are needed.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Prefetch(object one, int lines)
    {
        if (!Sse.IsSupported) return;
        var first = (byte*)Unsafe.As<object, nint>(ref one);
        for (nint at = 0; at < lines * LineBytes; at += LineBytes) Sse.Prefetch0(first + at);
    }

    /// <summary>Asks for all lines of a block at once, where reading them one after the other would wait for each.</summary>
    /// <param name="pinned">Bytes that the garbage collector does not move.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Prefetch(ReadOnlySpan<byte> pinned)
    {
        if (!Sse.IsSupported) return;
        var first = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(pinned));
        for (nint at = 0; at < pinned.Length; at += LineBytes) Sse.Prefetch0(first + at);
    }
}
