using System.Text;
using LeptonStream.Collector.Edge.Spooling;
using LeptonStream.Testing;
using Microsoft.Extensions.Time.Testing;

namespace LeptonStream.Roles.Tests.Collector.Edge;

[Parallelizable]
public sealed class SpoolTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("lepton-spool-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Open_CutAtAnyByte_LosesTheRecordThatWasBeingWrittenAlone()
    {
        var random = new Random(1);
        var ends = new List<(string File, long End)>();
        var written = new List<string>();
        using (var spool = Open())
            for (var i = 0; i < 300; i++)
            {
                written.Add(Text(random, i));
                spool.Append(i, "key"u8, Encoding.UTF8.GetBytes(written[^1]));
                ends.Add((Newest(_folder), new FileInfo(Newest(_folder)).Length));
            }

        var last = Newest(_folder);
        var (inLast, size) = (ends.FindAll(end => end.File == last), new FileInfo(last).Length);
        Assert.That(ends.Select(end => end.File).Distinct().Count(), Is.GreaterThan(3));
        for (var trial = 0; trial < 300; trial++)
        {
            var cut = random.NextInt64(size + 1);
            var copy = Copy();
            using (var file = File.OpenWrite(Path.Combine(copy, Path.GetFileName(last)))) file.SetLength(cut);

            using (var spool = Open(copy))
            {
                var kept = ReadAll(spool);
                var whole = written.Count - inLast.Count(end => end.End > cut);
                Assert.That(kept.Select(record => Encoding.UTF8.GetString(record.Value)), Is.EqualTo(written.Take(whole)), $"cut at {cut}");
                spool.Append(1_000, default, "after"u8);
                Assert.That(ReadAll(spool)[^1].Sequence, Is.GreaterThan(written.Count), "no sequence is given twice");
            }

            using (var again = Open(copy)) Assert.That(ReadAll(again).Select(record => record.Sequence), Is.Ordered.And.Unique);
            Directory.Delete(copy, recursive: true);
        }
    }

    [Test]
    public void Operations_AtRandom_AgreeWithAList()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var all = new SortedDictionary<long, string>();
            var spool = Open();
            var (reader, read, cursor) = (spool.ReadFrom(0), new List<SpoolRecord>(), 0L);
            for (var i = 0; i < 400; i++)
            {
                switch (random.Next(10))
                {
                    case < 6:
                        var text = Text(random, i);
                        all.Add(spool.Append(now + i, default, Encoding.UTF8.GetBytes(text)), text);
                        break;
                    case < 8:
                        if (reader.Read(read, random.Next(1, 20)) > 0) cursor = read[^1].Sequence + 1;
                        break;
                    case 8:
                        spool.MarkRead(cursor);
                        spool.Trim(cursor);
                        break;
                    default:
                        spool.Dispose();
                        spool = Open(atLeast: cursor);
                        reader = spool.ReadFrom(cursor);
                        break;
                }
            }

            while (reader.Read(read, 50) > 0) cursor = read[^1].Sequence + 1;
            Assert.That(read.Select(record => (record.Sequence, Encoding.UTF8.GetString(record.Value))),
                Is.EqualTo(all.Select(each => (each.Key, each.Value))), $"seed {seed}");
            spool.Dispose();
            Remove();
            MakeFolder();
        }
    }

    [Test]
    public void Append_BeyondTheBound_DropsTheOldestAndCountsThoseThatNobodyHadRead()
    {
        using var spool = Open();
        for (var i = 0; i < 1_000; i++) spool.Append(i, default, new byte[1_000]);

        var kept = ReadAll(spool);
        Assert.That(spool.Bytes, Is.LessThanOrEqualTo(64 << 10));
        Assert.That(kept.Select(record => record.Sequence), Is.EqualTo(Enumerable.Range(1_000 - kept.Count, kept.Count)));
        Assert.That(spool.Dropped, Is.EqualTo(1_000 - kept.Count));

        spool.MarkRead(1_000);
        for (var i = 0; i < 100; i++) spool.Append(i, default, new byte[1_000]);
        Assert.That(spool.Dropped, Is.InRange(1_000 - kept.Count, 1_000 - kept.Count + 50), "those that were read are not lost");
    }

    [Test]
    public void Trim_ByAgeAndByNeed_RemovesWholeSegmentsAndKeepsTheNewest()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        using var spool = new Spool(new(_folder, 64 << 10, TimeSpan.FromDays(7)) { Time = time });
        for (var i = 0; i < 60; i++)
        {
            spool.Append(i * 60_000, default, new byte[1_000]);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(30));
        spool.Trim(0);
        Assert.That(ReadAll(spool)[0].Time, Is.InRange(20 * 60_000, 30 * 60_000));
        spool.Trim(long.MaxValue);
        Assert.That(ReadAll(spool)[^1].Sequence, Is.EqualTo(59));
        Assert.That(ReadAll(spool), Has.Count.LessThan(10));
    }

    [Test]
    public void Open_FolderOfAnother_IsRefused()
    {
        using var spool = Open();

        Assert.That(() => Open(), Throws.InstanceOf<IOException>());
    }

    [Test]
    public async Task Append_DiskFull_MakesRoomThenGoesToMemoryAndBack()
    {
        using var disk = await SmallDisk.Mount(megabytes: 2);
        using var spool = new Spool(new(Path.Combine(disk.Folder, "spool"), 1 << 20, TimeSpan.FromDays(7)));
        var reader = spool.ReadFrom(0);
        for (var i = 0; i < 400; i++) spool.Append(i, default, new byte[1_000]);
        disk.Fill();

        // The oldest segments make room for new records; others take the room that is left.
        for (var i = 0; i < 2_000; i++)
        {
            spool.Append(i, default, new byte[1_000]);
            if (i == 1_000) disk.Fill();
        }

        var read = new List<SpoolRecord>();
        while (reader.Read(read, 100) > 0) { }
        Assert.That(read.Select(record => record.Sequence), Is.Ordered.And.Unique);
        Assert.That(read[^1].Sequence, Is.EqualTo(2_399), "the newest is there whatever the disk says");
        Assert.That(spool.Dropped, Is.Positive);

        disk.Clear();
        spool.Append(100_000, default, "on disk again"u8);
        Assert.That(spool.DiskTrouble, Is.Null);
        spool.Dispose();
        using var again = new Spool(new(Path.Combine(disk.Folder, "spool"), 1 << 20, TimeSpan.FromDays(7)));
        Assert.That(Encoding.UTF8.GetString(ReadAll(again)[^1].Value), Is.EqualTo("on disk again"));
    }

    [Test]
    public void Cursor_OfAFileThatIsNoNumber_BeginsAtTheBeginning()
    {
        var cursor = new SpoolCursor(_folder, "sent") { Next = 42 };
        cursor.Save();
        Assert.That(new SpoolCursor(_folder, "sent").Next, Is.EqualTo(42));

        File.WriteAllText(Path.Combine(_folder, "sent.cursor"), "");
        Assert.That(new SpoolCursor(_folder, "sent").Next, Is.Zero);
    }

    private Spool Open(string? folder = null, long atLeast = 0) => new(new(folder ?? _folder, 64 << 10, TimeSpan.FromDays(7)), atLeast);

    private static List<SpoolRecord> ReadAll(Spool spool)
    {
        var records = new List<SpoolRecord>();
        for (var reader = spool.ReadFrom(0); reader.Read(records, 100) > 0;) { }
        return records;
    }

    private static string Text(Random random, int number) => $"{number}:{new string('x', random.Next(200))}";

    private static string Newest(string folder) => Directory.GetFiles(folder, "*.seg").Max(StringComparer.Ordinal)!;

    private string Copy()
    {
        var copy = Directory.CreateTempSubdirectory("lepton-spool-").FullName;
        foreach (var file in Directory.GetFiles(_folder, "*.seg")) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return copy;
    }
}
