using System.Buffers;
using LeptonStream.Detection;
using LeptonStream.Detection.Policies;
using LeptonStream.State;

namespace LeptonStream.Core.Tests.Detection.Snapshots;

/// <summary>Bytes that are no snapshot are refused as such, whatever they are.</summary>
public sealed class SnapshotCorruptTests
{
    private const int Acts = 260;

    private static readonly PartitionStory Story = new(7, Acts);
    private static readonly byte[] Sound = Written();

    [Test]
    public void Load_BytesThatChanged_IsRefused()
    {
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var bytes = Sound.ToArray();
            var at = random.Next(bytes.Length);
            bytes[at] ^= (byte)(1 << random.Next(8));
            Assert.That(() => SnapshotBytes.Load(bytes, Story.New(Acts)), Throws.TypeOf<SnapshotCorruptException>(), $"byte {at}");
        }
    }

    [Test]
    public void Load_BytesThatEndEarly_IsRefused()
    {
        var random = new Random(2);
        for (var i = 0; i < 100; i++)
        {
            var left = random.Next(1, Sound.Length);
            Assert.That(() => SnapshotBytes.Load(Sound.AsSpan(0, left), Story.New(Acts)), Throws.TypeOf<SnapshotCorruptException>(),
                $"{left} bytes");
        }
    }

    [Test]
    public void Load_WithoutOneBlockOrWithOneTwice_IsRefused([Values] bool isTwice)
    {
        var count = SnapshotBytes.Of(Restored()).Blocks;
        for (var i = 0; i < count; i += isTwice ? 3 : 1)
        {
            var left = i;
            var bytes = Rewritten((in SnapshotBlock block, IBufferWriter<byte> chunk) =>
            {
                if (left-- != 0 || isTwice) block.WriteTo(chunk);
                if (left == -1 && isTwice) block.WriteTo(chunk);
            });
            Assert.That(() => SnapshotBytes.Load(bytes, Story.New(Acts)), Throws.TypeOf<SnapshotCorruptException>(), $"block {i}");
        }
    }

    [TestCase(150), TestCase(600, Category = "Slow")]
    public void Load_SoundBlocksOfOtherBytes_IsRefusedOrTaken(int tries)
    {
        var random = new Random(3);
        var refused = 0;
        var count = SnapshotBytes.Of(Restored()).Blocks;
        for (var i = 0; i < tries; i++)
        {
            var left = random.Next(count);
            var bytes = Rewritten((in SnapshotBlock block, IBufferWriter<byte> chunk) =>
            {
                if (left-- != 0) block.WriteTo(chunk);
                else new SnapshotBlock(block.Kind, block.Id, Broken(block.Bytes.ToArray(), random)).WriteTo(chunk);
            });
            var pipeline = Story.New(Acts);
            try
            {
                SnapshotBytes.Load(bytes, pipeline);
                SnapshotBytes.Of(pipeline);
            }
            catch (SnapshotCorruptException)
            {
                refused++;
            }
        }

        Assert.That(refused, Is.GreaterThan(tries / 3));
    }

    [Test]
    public void Load_UnderAnotherLayoutPartitionOrPolicy_IsRefused()
    {
        var other = new PartitionPipeline("metrics", 6, DetectionPolicy.Default with { Window = 61 });
        Assert.That(() => SnapshotBytes.Load(Sound, other),
            Throws.TypeOf<SnapshotCorruptException>().With.Message.EqualTo("a snapshot of another layout"));
        other = new PartitionPipeline("metrics", 6, DetectionPolicy.Default);
        Assert.That(() => SnapshotBytes.Load(Sound, other),
            Throws.TypeOf<SnapshotCorruptException>().With.Message.EqualTo("a snapshot of another partition"));
        other = Story.New(Acts);
        other.Adopt(PolicySet.Default);
        Assert.That(() => SnapshotBytes.Load(Sound, other),
            Throws.TypeOf<SnapshotCorruptException>().With.Message.EqualTo("a snapshot under other policies"));
    }

    private delegate void Rewrite(in SnapshotBlock block, IBufferWriter<byte> chunk);

    private static byte[] Rewritten(Rewrite rewrite)
    {
        var chunk = new ArrayBufferWriter<byte>(Sound.Length + 4096);
        ReadOnlySpan<byte> rest = Sound;
        while (!rest.IsEmpty) rewrite(SnapshotBlock.ReadFrom(ref rest), chunk);
        return chunk.WrittenSpan.ToArray();
    }

    private static byte[] Broken(byte[] bytes, Random random)
    {
        if (random.Next(5) == 0) return bytes[..random.Next(bytes.Length)];
        if (random.Next(5) == 0) return [.. bytes, 0, 0, 0, 0];
        // Most fields lie at the front.
        for (var k = random.Next(1, 4); k > 0; k--)
            bytes[random.Next(random.Next(3) == 0 ? bytes.Length : Math.Min(bytes.Length, 200))] = (byte)random.Next(256);
        return bytes;
    }

    private static byte[] Written()
    {
        var pipeline = Story.New();
        for (var i = 0; i < Story.Count; i++) Story.Play(pipeline, i);
        return SnapshotBytes.Of(pipeline).Bytes.ToArray();
    }

    private static PartitionPipeline Restored()
    {
        var pipeline = Story.New(Acts);
        SnapshotBytes.Load(Sound, pipeline);
        return pipeline;
    }
}
