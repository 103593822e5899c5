using System.IO.Compression;
using LeptonStream.Detection;
using LeptonStream.Detection.Snapshots;

namespace LeptonStream.Core.Tests.Detection.Snapshots.Layouts;

/// <summary>A snapshot as a program left it, with the description of its layout and what that program said is alive in it.</summary>
/// <param name="Text">The description.</param>
/// <param name="Fingerprint">Its fingerprint.</param>
/// <param name="Policies">The fingerprint of the policies.</param>
/// <param name="Alive">What is alive (<see cref="AliveStory.Describe"/>).</param>
/// <param name="Open">The ids of the alerts that are open.</param>
/// <param name="Blocks">The blocks.</param>
internal sealed record AliveDump(
    string Text, UInt128 Fingerprint, string Policies, string Alive, IReadOnlyList<string> Open, byte[] Blocks)
{
    /// <summary>The dump of this program.</summary>
    public static AliveDump Make()
    {
        var pipeline = AliveStory.New();
        var events = AliveStory.Play(pipeline, 0, AliveStory.Cut);
        var policy = DetectionPolicy.Default;
        return new(StateLayout.TextOf(policy), StateLayout.FingerprintOf(policy), AliveStory.Fingerprint, AliveStory.Describe(pipeline),
            AliveStory.OpenAfter(events), SnapshotBytes.Of(pipeline).Bytes.ToArray());
    }

    /// <summary>Reads a file.</summary>
    public static AliveDump Read(string path)
    {
        using var file = new BinaryReader(new BrotliStream(File.OpenRead(path), CompressionMode.Decompress));
        var (text, fingerprint) = (file.ReadString(), new UInt128(file.ReadUInt64(), file.ReadUInt64()));
        var (policies, alive) = (file.ReadString(), file.ReadString());
        string[] open = [.. Enumerable.Range(0, file.ReadInt32()).Select(_ => file.ReadString())];
        return new(text, fingerprint, policies, alive, open, file.ReadBytes(file.ReadInt32()));
    }

    /// <summary>Writes a file.</summary>
    public void Write(string path)
    {
        using var file = new BinaryWriter(new BrotliStream(File.Create(path), CompressionLevel.SmallestSize));
        file.Write(Text);
        file.Write((ulong)(Fingerprint >> 64));
        file.Write((ulong)Fingerprint);
        file.Write(Policies);
        file.Write(Alive);
        file.Write(Open.Count);
        foreach (var id in Open) file.Write(id);
        file.Write(Blocks.Length);
        file.Write(Blocks);
    }
}
