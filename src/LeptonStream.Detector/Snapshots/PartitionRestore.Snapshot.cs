using System.IO.Hashing;
using LeptonStream.Detection;
using LeptonStream.Detection.Snapshots;
using LeptonStream.Detector.Policies;
using LeptonStream.Feedback;
using LeptonStream.Kafka;
using LeptonStream.State;

namespace LeptonStream.Detector.Snapshots;

/// <content>One snapshot: its header, its chunks and the state in them.</content>
internal sealed partial class PartitionRestore
{
    private RestoredPartition Load(
        LogReader log, SnapshotHeader header, (long Low, long High) input, (long Low, long High) ends, bool isCut)
    {
        if (_subject.TopicId is { } id && header.MetricsId is { } other && id != other)
            throw new SnapshotCorruptException($"{_subject.Partition.Topic} was deleted and created again");
        if (header.Partition != _subject.Partition.Partition.Value) throw new SnapshotCorruptException("it is of another partition");
        var layout = StateLayout.Resolve(header.Layout, header.Description is { } packed ? PackedLayout.Read(packed) : null, _policy);
        if (header.Next < input.Low || header.Next > input.High)
            throw new SnapshotCorruptException($"offset {header.Next} is outside the log, which holds {input.Low} to {input.High}");
        var verdicts = VerdictBook.Of(header.Verdicts ?? []);
        var written = PoliciesInForce.Of(header.Policies, verdicts);
        // Of a later version, perhaps: what the series know is worth more than a file that this process has, too.
        var policies = written ?? _policies.With(verdicts);
        var pipeline = LoadChunks(log, header, layout, policies, ends);
        var journal = JournalOf(
            log.Read(Of(_topics.State), Math.Max(header.JournalFrom, ends.Low), ends.High, _abort.Token), header, input.High, isCut);
        var published = Published(log, header, isCut);
        return new(header, pipeline, policies, new(journal, published, Math.Min(_subject.Committed ?? 0, input.High), input.High),
            journal.Count > 0 ? journal[^1].Entry.Sequence + 1 : header.Sequence,
            layout.Changes ?? (written is null ? "this version does not take its policies, those of this process hold"
                : policies.Set.Fingerprint == header.Fingerprint ? null : "its policies are read otherwise"));
    }

    private PartitionPipeline LoadChunks(
        LogReader log, SnapshotHeader header, WrittenLayout layout, PoliciesInForce policies, (long Low, long High) ends)
    {
        var pipeline = new PartitionPipeline(_subject.Partition.Topic, header.Partition, _policy, policies.Set,
            header.MetricsId);
        var loader = pipeline.Load(layout, header.Fingerprint);
        var chunks = new ChunkReader(loader);
        foreach (var bytes in Read(log, header.Chunks, "chunk", ends))
        {
            chunks.Take(bytes);
            Failpoints.Pass(Failpoint.MidRestore);
        }

        chunks.End();
        return loader.IsComplete ? pipeline : throw new SnapshotCorruptException("it ends early");
    }

    // The header itself, where the record only names the parts of it.
    private SnapshotHeader Whole(LogReader log, SnapshotHeader header, (long Low, long High) ends)
    {
        if (header.Format != SnapshotHeader.FormatInParts) return header;
        var whole = SnapshotHeader.Read(Read(log, header.Parts, "part of the header", ends).SelectMany(part => part).ToArray());
        return whole.Format == SnapshotHeader.CurrentFormat ? whole : throw new SnapshotCorruptException("its header is in parts of parts");
    }

    // The bytes of records that a header names, in their order, each as it was written.
    private IEnumerable<byte[]> Read(LogReader log, IReadOnlyList<SnapshotChunk>? chunks, string name, (long Low, long High) ends)
    {
        var next = 0;
        CheckOffsets(chunks, name, ends);
        foreach (var record in log.Read(Of(_topics.State), chunks![0].Offset, chunks[^1].Offset + 1, _abort.Token))
        {
            if (next == chunks.Count || record.Offset.Value != chunks[next].Offset) continue;
            var bytes = record.Message.Value ?? [];
            if (bytes.Length != chunks[next].Length || XxHash3.HashToUInt64(bytes) != chunks[next].Hash)
                throw new SnapshotCorruptException($"{name} {next} is not the one that was written");
            yield return bytes;
            next++;
        }

        if (next < chunks.Count) throw new SnapshotCorruptException($"{name} {next} of {chunks.Count} is missing");
    }

    private static void CheckOffsets(IReadOnlyList<SnapshotChunk>? chunks, string name, (long Low, long High) ends)
    {
        if (chunks is not { Count: > 0 }) throw new SnapshotCorruptException($"it has no {name}");
        var before = ends.Low - 1;
        foreach (var chunk in chunks)
        {
            if (chunk is null || chunk.Offset <= before || chunk.Offset >= ends.High)
                throw new SnapshotCorruptException($"{name}s do not lie in the topic, which holds {ends.Low} to {ends.High}");
            before = chunk.Offset;
        }
    }
}
