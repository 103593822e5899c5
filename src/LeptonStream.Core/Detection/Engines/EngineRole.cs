using System.Collections.Frozen;
using LeptonStream.Detection.Policies;
using LeptonStream.Detection.Policies.Presets;

namespace LeptonStream.Detection.Engines;

/// <summary>What a metric of an inference engine says of its work. The lower the number, the sooner progress is seen in it.</summary>
internal enum EngineRole
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Generated tokens: they flow while requests run.</summary>
    Tokens = 1,

    /// <summary>Steps of the engine, prefill among them.</summary>
    Steps = 2,

    /// <summary>Answers that are done; long ones come minutes apart.</summary>
    Answers = 3,

    /// <summary>Prompts that are taken in: progress, but none that must go on.</summary>
    Prompts = 4,

    /// <summary>Requests that run or wait.</summary>
    Work = 5,
}

/// <summary>Finds the role of a metric by its canonical name.</summary>
internal static class EngineRoles
{
    private static readonly FrozenDictionary<string, EngineRole> Roles = new Dictionary<string, EngineRole>
    {
        ["infer.tokens_out"] = EngineRole.Tokens,
        ["infer.progress_steps"] = EngineRole.Steps,
        ["infer.step_tokens.sum"] = EngineRole.Steps,
        ["infer.inferences"] = EngineRole.Answers,
        ["infer.finished"] = EngineRole.Answers,
        ["infer.tokens_in"] = EngineRole.Prompts,
        ["infer.running"] = EngineRole.Work,
        ["infer.queue_depth"] = EngineRole.Work,
        ["infer.scheduled"] = EngineRole.Work,
        ["infer.context_requests"] = EngineRole.Work,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The role of a metric under its policy.</summary>
    public static EngineRole Of(SeriesPolicy policy)
    {
        if (policy.Preset is not { } preset || !Roles.TryGetValue(preset.Canonical, out var role)) return EngineRole.None;
        // SGLang's throughput keeps its last value while nothing is generated.
        return preset.Source == MetricSource.Sglang && role == EngineRole.Tokens && policy.Type != MetricType.Counter
            ? EngineRole.None
            : role;
    }

    /// <summary>Whether it must go on while there is work.</summary>
    public static bool IsProgress(this EngineRole role) => role is EngineRole.Tokens or EngineRole.Steps or EngineRole.Answers;
}
