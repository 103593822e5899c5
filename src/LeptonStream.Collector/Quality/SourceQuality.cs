using System.Runtime.InteropServices;
using LeptonStream.Collector.Mapping;

namespace LeptonStream.Collector.Quality;

/// <summary>
/// The quality of what a source sends of each model: whether all of it comes, fresh, in order, once, by a clock that is right, and without
/// new series all the time. It learns how often each model's messages come. Time is given; an instance belongs to one thread at a time.
/// </summary>
public sealed class SourceQuality
{
    // A source of more models is a source of something else.
    private const int MostModels = 10_000;
    private const long Forgotten = 24L * 3600 * 1_000_000_000;

    // Where there are many, names that a sender makes up and never uses again make room for the models of its neighbours.
    private const int Many = MostModels / 2;
    private const long MadeUp = 600L * 1_000_000_000;

    private readonly Dictionary<string, ModelQuality> _models = new(StringComparer.Ordinal);

    /// <summary>The models that are watched.</summary>
    public IReadOnlyCollection<string> Models => _models.Keys;

    internal IReadOnlyCollection<ModelQuality> All => _models.Values;

    /// <summary>Takes the samples of a payload, and the counts of those that were dropped.</summary>
    /// <param name="batch">What a payload became.</param>
    /// <param name="receivedAtNanoseconds">When it was received, in nanoseconds since 1970.</param>
    /// <param name="isPage">Whether the payload is a page: then <c>up</c> beside it is the collector's own, and no data.</param>
    public void Observe(MappedBatch batch, long receivedAtNanoseconds, bool isPage = false)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ModelQuality? last = null;
        Dictionary<(ModelQuality, string Run), long>? finished = null;
        foreach (ref readonly var message in batch.Messages)
        {
            if (isPage && IsOwn(batch, message)) continue;
            if (last is null || !ReferenceEquals(last.Model, message.Entity.Model)) last = Of(message.Entity.Model, receivedAtNanoseconds);
            if (last?.Observe(message, batch.SamplesOf(message), receivedAtNanoseconds) is not true) continue;
            // Once for a run, however many ranks say it.
            finished ??= [];
            ref var at = ref CollectionsMarshal.GetValueRefOrAddDefault(finished, (last, last.Entities.RunOf(message.Entity)), out _);
            at = Math.Max(at, message.Time);
        }

        foreach (var ((model, run), at) in finished ?? []) model.Entities.Finish(run, at);
        foreach (var quiet in batch.Quiet)
            if (_models.TryGetValue(quiet.Entity.Model, out var model)) model.Hear(quiet, receivedAtNanoseconds);
        foreach (var shared in batch.Shared)
            if (_models.TryGetValue(shared.Entity.Model, out var model)) model.Share(shared);
        foreach (var (name, faults) in batch.Faults)
            if (_models.TryGetValue(name, out var model)) model.Observe(faults);
        Refuse(batch);
    }

    /// <summary>
    /// Nothing more is due of the entities that ended, until they are heard again. One that is in the batch itself lost a part of its
    /// metrics, and goes on.
    /// </summary>
    /// <param name="batch">With the series that ended.</param>
    /// <param name="end">How.</param>
    /// <param name="isOffPage">Whether they are off a page that is still there: devices are waited for then, as parts of it.</param>
    public void End(MappedBatch batch, EntityEnd end, bool isOffPage = false)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var present = new HashSet<MappedEntity>();
        foreach (ref readonly var message in batch.Messages)
            if (!IsOwn(batch, message)) present.Add(message.Entity);
        foreach (ref readonly var ended in batch.Ended)
        {
            var entity = ended.Series.Entity;
            if (present.Contains(entity) || (end == EntityEnd.Said && entity.SeriesCount > 0)) continue;
            if (!_models.TryGetValue(entity.Model, out var model)) continue;
            if (isOffPage && EntityLabels.IsDevice(entity.Labels)) model.Entities.Await(entity);
            else model.Entities.End(entity, end, ended.Time);
        }
    }

    /// <summary>The scores since the last call for the model, or null where it is not known for long enough.</summary>
    /// <param name="model">The model.</param>
    /// <param name="now">Now, in nanoseconds since 1970.</param>
    public QualityScore? Score(string model, long now) => _models.TryGetValue(model, out var known) ? known.Take(now) : null;

    /// <summary>Forgets models that were silent for a day; of many, those that came once.</summary>
    public void Forget(long now)
    {
        var areMany = _models.Count > Many;
        foreach (var (name, model) in _models)
        {
            var silence = now - model.LastSeen;
            if (silence > Forgotten || (areMany && silence > MadeUp && model.Entities.LongestInterval == 0)) _models.Remove(name);
        }
    }

    // Nobody knows of which model they are: it counts for each of the payload.
    private void Refuse(MappedBatch batch)
    {
        var refused = batch.CountOf(DropReason.TooManySeries);
        if (refused == 0) return;
        ModelQuality? before = null;
        foreach (ref readonly var message in batch.Messages)
        {
            if (!_models.TryGetValue(message.Entity.Model, out var model) || ReferenceEquals(model, before)) continue;
            model.Observe(new FaultCounts(0, 0, refused));
            before = model;
        }
    }

    private static bool IsOwn(MappedBatch batch, in MappedMessage message) => batch.SamplesOf(message)[0].Series.Metric == "up";

    private ModelQuality? Of(string name, long now)
    {
        if (_models.TryGetValue(name, out var model)) return model;
        if (_models.Count >= MostModels) return null;
        _models.Add(name, model = new ModelQuality(name, now));
        return model;
    }
}
