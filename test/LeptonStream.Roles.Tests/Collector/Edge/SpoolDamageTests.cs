using System.Text;
using LeptonStream.Collector.Edge.Spooling;

namespace LeptonStream.Roles.Tests.Collector.Edge;

/// <summary>Bytes of the spool that the disk has changed: one record is lost and said, and the others go on.</summary>
[Parallelizable]
public sealed class SpoolDamageTests
{
    private const int Records = 36;

    private readonly List<(string File, long End)> _ends = [];
    private readonly List<string> _written = [];
    private string _folder = null!;

    [SetUp]
    public void Write()
    {
        _folder = Directory.CreateTempSubdirectory("lepton-spool-").FullName;
        _ends.Clear();
        _written.Clear();
        var random = new Random(5);
        using var spool = Open(_folder);
        for (var i = 0; i < Records; i++)
        {
            _written.Add($"{i}:{new string('x', random.Next(60))}");
            spool.Append(i, "key"u8, Encoding.UTF8.GetBytes(_written[^1]));
            var newest = Files(_folder)[^1];
            _ends.Add((newest, new FileInfo(newest).Length));
        }

        Assert.That(Files(_folder), Has.Count.EqualTo(3));
    }

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Open_AByteChangedAnywhere_LosesItsRecordAloneAndSaysSo() => EachPosition(step: 1, (folder, damage) =>
    {
        damage();
        return Open(folder);
    });

    [Test]
    public void Read_AByteChangedWhileItIsOpen_LosesItsRecordAloneAndSaysSo() => EachPosition(step: 7, (folder, damage) =>
    {
        var spool = Open(folder);
        damage();
        return spool;
    });

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void Open_ManyBytesChanged_GivesRecordsAsTheyWereWrittenAndCountsTheRest(int seed)
    {
        for (var trial = 0; trial < 100; trial++)
        {
            var random = new Random((seed * 1_000) + trial);
            var copy = Copy();
            foreach (var file in Files(copy))
            {
                var (at, length) = (random.NextInt64(new FileInfo(file).Length), random.Next(1, 400));
                // The end of the newest can't be known to have been there.
                if (file != Files(copy)[^1]) Change(file, at, length, random);
            }

            using (var spool = Open(copy))
            {
                var read = ReadAll(spool);
                Assert.That(read.Select(record => Encoding.UTF8.GetString(record.Value)),
                    Is.EqualTo(read.Select(record => _written[(int)record.Sequence])), $"trial {trial}");
                Assert.That(read.Select(record => record.Sequence), Is.Ordered.And.Unique);
                var lost = Enumerable.Range(0, Records).Select(each => (long)each).Except(read.Select(record => record.Sequence));
                Assert.That(Damage(spool), Is.EqualTo(lost), $"trial {trial}");
                Assert.That(spool.Dropped, Is.EqualTo(Records - read.Count));
            }

            Directory.Delete(copy, recursive: true);
        }
    }

    [Test]
    public void Read_DamageThatSeveralReadersMeet_IsCountedOnceAndNotAgainWhenTheSegmentGoes()
    {
        using var spool = Open(_folder);
        Change(_ends[4].File, _ends[4].End - 1, 1, new(1));

        var (first, second) = (ReadAll(spool), ReadAll(spool));
        Assert.That(second.Select(record => record.Sequence), Is.EqualTo(first.Select(record => record.Sequence)));
        Assert.That((spool.Dropped, Damage(spool)), Is.EqualTo((1, new[] { 4L })).UsingPropertiesComparer());

        spool.Trim(long.MaxValue);
        Assert.That(spool.Dropped, Is.EqualTo(_ends.FindLastIndex(end => end.File != _ends[^1].File) + 1));
    }

    // At each position of each file: which records are left, and what is said of the others.
    private void EachPosition(int step, Func<string, Action, Spool> open)
    {
        foreach (var file in Files(_folder))
            for (var at = 0L; at < new FileInfo(file).Length; at += step)
            {
                var copy = Copy();
                var (changed, position) = (Path.Combine(copy, Path.GetFileName(file)), at);
                var hit = _ends.FindIndex(end => end.File == file && end.End > position);
                using (var spool = open(copy, () => Change(changed, position, 1, new((int)position))))
                {
                    var isOpened = spool.Bytes < _ends.GroupBy(end => end.File).Sum(ends => ends.Max(end => end.End));
                    Assert.That(ReadAll(spool).Select(record => Encoding.UTF8.GetString(record.Value)),
                        Is.EqualTo(_written.Where((_, index) => index != hit)), $"{Path.GetFileName(file)} at {at}");
                    // The newest record of all, at a start, is one that was being written.
                    long[] said = hit == Records - 1 && isOpened ? [] : [hit];
                    Assert.That(Damage(spool), Is.EqualTo(said), $"{Path.GetFileName(file)} at {at}");
                    Assert.That(spool.Dropped, Is.EqualTo(said.Length));
                }

                Directory.Delete(copy, recursive: true);
            }
    }

    private static void Change(string path, long at, int length, Random random)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var bytes = new byte[Math.Min(length, file.Length - at)];
        file.Position = at;
        file.ReadExactly(bytes);
        for (var i = 0; i < bytes.Length; i++) bytes[i] ^= (byte)random.Next(1, 256);
        file.Position = at;
        file.Write(bytes);
    }

    private static List<long> Damage(Spool spool) => [.. spool.TakeDamage().SelectMany(hole =>
        Enumerable.Range((int)hole.First, (int)(hole.Last - hole.First + 1)).Select(each => (long)each)).Order()];

    private static Spool Open(string folder) => new(new(folder, 8 << 10, TimeSpan.FromDays(7)));

    private static List<SpoolRecord> ReadAll(Spool spool)
    {
        var records = new List<SpoolRecord>();
        for (var reader = spool.ReadFrom(0); reader.Read(records, 100) > 0;) { }
        return records;
    }

    private static List<string> Files(string folder) => [.. Directory.GetFiles(folder, "*.seg").Order(StringComparer.Ordinal)];

    private string Copy()
    {
        var copy = Directory.CreateTempSubdirectory("lepton-spool-").FullName;
        foreach (var file in Files(_folder)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return copy;
    }
}
