namespace LeptonStream.Simulator;

/// <summary>
/// The simulated fleet: a training job and the GPUs under it, two served models and a data pipeline. Pure: the same story gives the same
/// bytes. Every part draws the same random numbers whatever the faults do, so the story without faults is the exact twin of the one with.
/// </summary>
internal sealed class FleetSimulator : IDisposable
{
    private readonly IFleetSource[] _sources;
    private readonly TrainingJob _training;
    private int _index;

    public FleetSimulator(Story story)
    {
        Story = story;
        Script = FaultScript.For(story);
        Quiet = new QuietEvents(story);
        var ranks = new Ranks();
        _sources =
        [
            _training = new TrainingJob(story.Seed, Script, ranks),
            new GpuNode(story.Seed, Script, ranks),
            new InferenceEngine(story.Seed, InferenceProfile.Chat, Script, Quiet),
            new InferenceEngine(story.Seed, InferenceProfile.Code, Script, Quiet),
            new DataPipeline(story.Seed, Script),
        ];
    }

    public Story Story { get; }

    /// <summary>The faults, and when they happen.</summary>
    public FaultScript Script { get; }

    /// <summary>The events that happen and must not alert.</summary>
    public QuietEvents Quiet { get; }

    /// <summary>Appends the messages of the next sampling instant; false when the story is over.</summary>
    public bool Next(List<FleetMessage> messages)
    {
        if (_index >= Story.Moments) return false;
        var now = Story.At(_index++);
        foreach (var source in _sources) messages.Add(source.Sample(now));
        return true;
    }

    /// <summary>The message by which the training job says that it is over: without it, its runs would be reported as dead.</summary>
    public FleetMessage Finish() => _training.Finish(Story.At(_index));

    public void Dispose()
    {
        foreach (var source in _sources) source.Dispose();
    }
}
