using System.Collections.Concurrent;
using LeptonStream.Collector.Mapping;

namespace LeptonStream.Collector.Quality;

/// <summary>The quality of all sources. Any thread may call it.</summary>
internal sealed class QualityBook
{
    private readonly ConcurrentDictionary<string, Source> _sources = [];

    /// <summary>Takes a payload of a source: its samples, and the ends that its senders say.</summary>
    public void Observe(in SourceContext from, MappedBatch batch, long receivedAt)
    {
        var source = _sources.GetOrAdd(from.Source, _ => new());
        lock (source)
        {
            source.IsPage = from.Page is not null;
            source.Quality.Observe(batch, receivedAt, isPage: from.Page is not null);
            if (from.Page is null && batch.Ended.Length > 0) source.Quality.End(batch, EntityEnd.Said);
        }
    }

    /// <summary>Series of a page have ended.</summary>
    public void End(in SourceContext from, MappedBatch batch, EntityEnd end, bool isOffPage)
    {
        if (batch.Ended.Length == 0 || !_sources.TryGetValue(from.Source, out var source)) return;
        lock (source) source.Quality.End(batch, end, isOffPage);
    }

    /// <summary>
    /// These partitions of a topic are read from now on. Where they are others than before, what was learned is forgotten: a part of it is
    /// now for another collector to hear.
    /// </summary>
    public void Assign(string topic, IReadOnlyCollection<int> partitions)
    {
        var source = _sources.GetOrAdd(topic, _ => new());
        lock (source)
        {
            source.IsAway = partitions.Count == 0;
            if (source.IsAway || source.Partitions?.SetEquals(partitions) == true) return;
            if (source.Partitions is not null) source.Quality = new();
            source.Partitions = [.. partitions];
        }
    }

    /// <summary>Forgets all that was learned: the rules have changed by which it was named.</summary>
    public void Forget()
    {
        foreach (var source in _sources.Values)
            lock (source) source.Quality = new();
    }

    /// <summary>The models that senders bring, and those of them of which less came than was due.</summary>
    public (HashSet<string> All, HashSet<string> Short) Sent(long now)
    {
        HashSet<string> all = new(StringComparer.Ordinal), less = new(StringComparer.Ordinal);
        foreach (var source in _sources.Values)
        {
            lock (source)
            {
                if (!source.IsSent) continue;
                foreach (var model in source.Quality.All)
                {
                    all.Add(model.Model);
                    if (model.IsShort(now)) less.Add(model.Model);
                }
            }
        }

        return (all, less);
    }

    /// <summary>Takes what all replicas of the collector have written.</summary>
    public void Fill(LogTail tail, long now)
    {
        foreach (var source in _sources.Values)
        {
            lock (source)
            {
                if (!source.IsSent) continue;
                foreach (var model in source.Quality.All) model.Fill(tail, now);
            }
        }
    }

    /// <summary>How each model of each source was since the last call.</summary>
    /// <param name="now">Now, in nanoseconds since 1970.</param>
    public IReadOnlyList<ModelReport> Take(long now)
    {
        var reports = new List<ModelReport>();
        foreach (var (name, source) in _sources)
        {
            lock (source)
            {
                if (source.IsAway) continue;
                source.Quality.Forget(now);
                foreach (var model in source.Quality.All)
                {
                    var score = model.Take(now);
                    reports.Add(new(name, source.Partitions?.Min(), model.Model, score, [.. model.Notices.Take(now)],
                        model.Entities.LeftCount, model.Entities.LeftExample?.ToString()));
                }
            }
        }

        return reports;
    }

    /// <summary>The model of which a source sends; null where there are several, or none yet.</summary>
    public string? ModelOf(string source)
    {
        if (!_sources.TryGetValue(source, out var known)) return null;
        lock (known) return known.Quality.Models is { Count: 1 } models ? models.First() : null;
    }

    private sealed class Source
    {
        public SourceQuality Quality { get; set; } = new();

        /// <summary>The partitions that are read; null where it is no topic.</summary>
        public HashSet<int>? Partitions { get; set; }

        /// <summary>Whether it is a topic of which no partition is read now.</summary>
        public bool IsAway { get; set; }

        /// <summary>Whether its payloads are pages.</summary>
        public bool IsPage { get; set; }

        /// <summary>Whether any replica may get its payloads: they come by HTTP or gRPC.</summary>
        public bool IsSent => Partitions is null && !IsPage;
    }
}

/// <summary>The data of a model of a source in a span.</summary>
/// <param name="Source">The source.</param>
/// <param name="Partition">The first partition that is read of a topic; null where the source is none.</param>
/// <param name="Model">The model.</param>
/// <param name="Score">The score; null where there is none.</param>
/// <param name="Notices">Faults that have a name.</param>
/// <param name="LeftCount">How many entities are no longer waited for.</param>
/// <param name="LeftExample">One of them.</param>
internal sealed record ModelReport(string Source, int? Partition, string Model, QualityScore? Score,
    IReadOnlyList<QualityNotice> Notices, int LeftCount, string? LeftExample);
