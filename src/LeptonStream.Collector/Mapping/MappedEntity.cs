using System.Text;
using LeptonStream.Collector.Output;
using LeptonStream.Collector.Quality;
using LeptonStream.Detection.Training;
using LeptonStream.Series;

namespace LeptonStream.Collector.Mapping;

/// <summary>A model and labels: all their metrics of one time are one message.</summary>
public sealed class MappedEntity
{
    internal MappedEntity(string model, LabelSet labels)
    {
        Model = model;
        Labels = labels;
        Key = Encoding.UTF8.GetBytes(model);
        (Head, Tail) = NativeMessages.PartsOf(this);
        Id = SeriesId.OfEntity(Canonical());
    }

    /// <summary>The model.</summary>
    public string Model { get; }

    /// <summary>The labels: at most as many and as long as a native message may have.</summary>
    public LabelSet Labels { get; }

    /// <summary>The key of its records: the model in UTF-8.</summary>
    internal byte[] Key { get; }

    /// <summary>The id that the detector finds the entity by.</summary>
    public SeriesId Id { get; }

    /// <summary>A message up to its time.</summary>
    internal byte[] Head { get; }

    /// <summary>A message from behind its time to its first metric.</summary>
    internal byte[] Tail { get; }

    // The time of its newest step.
    internal StepClock Steps;

    // How many series there are of it.
    internal int SeriesCount { get; set; }

    /// <summary><c>llama-70b{instance="a"}</c>.</summary>
    public override string ToString() => Labels.Count == 0 ? Model : $"{Model}{Labels}";

    private byte[] Canonical()
    {
        var bytes = new List<byte>(256);
        Add(Model);
        foreach (var (name, value) in Labels)
        {
            Add(name);
            Add(value);
        }

        return [.. bytes];

        void Add(string text)
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(text));
            bytes.Add(0xFF);
        }
    }
}

/// <summary>A metric of an entity.</summary>
public sealed class MappedSeries
{
    // An entity may have a metric and a distribution of the same name.
    private const string DistributionEnding = ".drift";

    internal MappedSeries(MappedEntity entity, string metric, bool isDistribution = false)
    {
        Entity = entity;
        Metric = metric;
        IsFinish = TrainingRoles.Of(metric) == TrainingRole.Finished;
        NameJson = NativeMessages.NameOf(metric);
        Id = SeriesId.OfMetric(entity.Id, Encoding.UTF8.GetBytes(isDistribution ? metric + DistributionEnding : metric));
    }

    /// <summary>The model and labels.</summary>
    public MappedEntity Entity { get; }

    /// <summary>The name of the metric.</summary>
    public string Metric { get; }

    /// <summary>The id that the detector finds the series by.</summary>
    public SeriesId Id { get; }

    // How the quality of its source knows it.
    internal SeriesWatch? Watch { get; set; }

    // Whether it is the rate of a total.
    internal bool IsRate { get; init; }

    // Whether it says that a training run has ended.
    internal bool IsFinish { get; }

    // The name in quotes and its colon.
    internal byte[] NameJson { get; }

    /// <summary><c>vllm:num_requests_running of llama-70b{instance="a"}</c>.</summary>
    public override string ToString() => $"{Metric} of {Entity}";
}
