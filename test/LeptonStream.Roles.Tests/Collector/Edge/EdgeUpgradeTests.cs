using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using LeptonStream.Detection;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Detectors;
using LeptonStream.State;
using LeptonStream.Testing;

namespace LeptonStream.Roles.Tests.Collector.Edge;

/// <summary>
/// An edge of this version goes on in the folder that one of another version has left, with an alert open. <c>LEPTON_DUMP=1</c> makes this
/// version the version before; see docs/upgrading.md.
/// </summary>
[Parallelizable]
public sealed class EdgeUpgradeTests
{
    private const int Before = LiveHost.Trouble + 30;
    private const string State = "detector.state";

    // The next sequence and the mark of a file with a description, then the fingerprint of the layout.
    private const int Mark = sizeof(long);
    private const int Fingerprint = Mark + sizeof(int);
    private const int Description = Fingerprint + 16;

    private static readonly string VersionBefore = Path.Combine(SharedFolder.RepositoryRoot, "test", "LeptonStream.Roles.Tests",
        "Collector", "Edge", "version-before.zip");

    [Test]
    public void Begin_InTheFolderOfTheVersionBefore_GoesOnWithItsAlert() =>
        AssertGoesOn(folder => ZipFile.ExtractToDirectory(VersionBefore, folder));

    [Test]
    public void Begin_InTheFolderOfThisVersion_GoesOnWithItsAlert()
    {
        using var dump = new TemporaryFile();
        Leave(folder => ZipFile.CreateFromDirectory(folder, dump.Path, CompressionLevel.SmallestSize, includeBaseDirectory: false));
        Assert.That(new FileInfo(dump.Path).Length, Is.LessThanOrEqualTo(100 * 1024), "it lies in the repository");
        AssertGoesOn(folder => ZipFile.ExtractToDirectory(dump.Path, folder));
        if (Environment.GetEnvironmentVariable("LEPTON_DUMP") == "1") File.Copy(dump.Path, VersionBefore, overwrite: true);
    }

    [Test]
    public void Begin_ADetectorAndAFieldHadOtherNames_GoesOnWithItsAlert() => AssertGoesOn(Left(bytes => OfAnotherLayout(bytes)));

    // As edges wrote it before there were descriptions.
    [Test]
    public void Begin_AStateWithoutADescription_GoesOnWhereTheLayoutIsTheSame() => AssertGoesOn(Left(WithoutDescription));

    [Test]
    public void Begin_AStateOfAnotherLayoutWithoutADescription_LearnsFromTheSpool()
    {
        using var host = new LiveHost(Before, Left(bytes => WithoutDescription(OfAnotherLayout(bytes))));
        Assert.That(host.Detector.SeriesCount, Is.Zero);
        var open = host.Open.Single();
        host.Live(90);
        Assert.That(host.Ends(open), Is.EqualTo((string[])["recovered"]));
    }

    private static void AssertGoesOn(Action<string> prepare)
    {
        using var host = new LiveHost(Before, prepare);
        Assert.That(host.Detector.SeriesCount, Is.EqualTo(1), "it has read the state");
        var open = host.Open.Single();
        var before = host.Alerts.Count;
        host.Live(90);
        using var scope = Assert.EnterMultipleScope();
        Assert.That(host.Ends(open), Is.EqualTo((string[])["recovered"]));
        Assert.That(host.Alerts.Skip(before).Select(alert => (string?)alert["alertId"]), Is.All.EqualTo(open));
        Assert.That(host.Alerts.Select(alert => (string?)alert["id"]), Is.Unique);
    }

    // The folder as a host leaves it, its state changed.
    private static Action<string> Left(Func<byte[], byte[]> change) => to => Leave(from =>
    {
        foreach (var path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }

        var state = Path.Combine(to, State);
        File.WriteAllBytes(state, change(File.ReadAllBytes(state)));
    });

    private static void Leave(Action<string> take)
    {
        using var host = new LiveHost();
        host.Live(Before);
        host.Detector.Save();
        host.Stop();
        take(host.Folder);
    }

    private static byte[] OfAnotherLayout(byte[] state)
    {
        var packed = state.AsSpan(Description + sizeof(int), BinaryPrimitives.ReadInt32LittleEndian(state.AsSpan(Description)));
        var text = PackedLayout.Read(packed).Replace(TimeOfDayDetector.RuleName, "former-of-day", StringComparison.Ordinal)
            .Replace(" ConsecutiveAnomalies\n", " FormerAnomalies\n", StringComparison.Ordinal);
        var (description, fingerprint) = (PackedLayout.Of(text), XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(text)));
        var rest = state.AsSpan(Description + sizeof(int) + packed.Length);
        var policies = rest[..(sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(rest))];
        var blocks = (ReadOnlySpan<byte>)rest[policies.Length..];
        var head = SnapshotBlock.ReadFrom(ref blocks);
        var headBytes = head.Bytes.ToArray();
        BinaryPrimitives.WriteUInt128LittleEndian(headBytes, fingerprint);
        var written = new ArrayBufferWriter<byte>();
        written.Write(state.AsSpan(0, Fingerprint));
        BinaryPrimitives.WriteUInt128LittleEndian(written.GetSpan(16), fingerprint);
        written.Advance(16);
        BinaryPrimitives.WriteInt32LittleEndian(written.GetSpan(sizeof(int)), description.Length);
        written.Advance(sizeof(int));
        written.Write(description);
        written.Write(policies);
        new SnapshotBlock(head.Kind, head.Id, headBytes).WriteTo(written);
        written.Write(blocks);
        return written.WrittenSpan.ToArray();
    }

    private static byte[] WithoutDescription(byte[] state) =>
        [.. state[..Mark], .. state[(Description + sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(state.AsSpan(Description)))..]];

    private sealed class TemporaryFile : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lepton-dump-");

        public string Path => System.IO.Path.Combine(_folder.FullName, "dump.zip");

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
