using LeptonStream.Detection.Policies;

namespace LeptonStream.Detection.Store;

/// <summary>
/// The pipelines of a partition, one for each policy that its series have, and the layouts that they share: one for all policies with the
/// same detectors and memory plan.
/// </summary>
internal sealed class PolicyPipelines(DetectionPolicy detection)
{
    private readonly Dictionary<SeriesPolicy, SeriesPipeline> _pipelines = [];
    private readonly Dictionary<(DetectorSet Detectors, MemoryPlan Memory), SeriesLayout> _layouts = [];

    /// <summary>The pipeline of a policy, a new one where it is seen for the first time.</summary>
    public SeriesPipeline Of(SeriesPolicy policy)
    {
        if (_pipelines.TryGetValue(policy, out var pipeline)) return pipeline;
        if (!_layouts.TryGetValue((policy.Detectors, policy.Memory), out var layout))
            _layouts.Add((policy.Detectors, policy.Memory), layout = new(detection, policy.Detectors, policy.Memory));
        _pipelines.Add(policy, pipeline = new(detection, policy, layout));
        return pipeline;
    }

    /// <summary>Forgets the pipelines of all other policies. Layouts stay: they hand out the memory of later series.</summary>
    public void KeepOnly(IEnumerable<SeriesPolicy> used)
    {
        foreach (var unused in _pipelines.Keys.Except(used).ToList()) _pipelines.Remove(unused);
    }
}
