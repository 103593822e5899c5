namespace LeptonStream.Simulator;

/// <summary>The figures in which one served model differs from another.</summary>
internal sealed record InferenceProfile
{
    public static readonly InferenceProfile Chat = new()
    {
        Model = MetricNames.Chat,
        Instance = "vllm-chat",
        RequestsPerSecond = 25,
        Capacity = 48,
        FirstTokenMilliseconds = 210,
        InterTokenMilliseconds = 27,
        TokensPerAnswer = 210,
        CachePerRequest = 0.0021,
        Accuracy = 0.94,
        Shift = TimeSpan.Zero,
        Faults = new HashSet<FaultKind> { FaultKind.ErrorBurst, FaultKind.KvCacheLeak, FaultKind.AccuracyDrop, FaultKind.FrozenExporter },
    };

    public static readonly InferenceProfile Code = new()
    {
        Model = MetricNames.Code,
        Instance = "vllm-code",
        RequestsPerSecond = 9,
        Capacity = 19,
        FirstTokenMilliseconds = 150,
        InterTokenMilliseconds = 18,
        TokensPerAnswer = 140,
        CachePerRequest = 0.012,
        Accuracy = 0.88,
        Shift = TimeSpan.FromHours(-1),
        Faults = new HashSet<FaultKind> { FaultKind.LatencyRegression, FaultKind.StalledEngine },
    };

    public required string Model { get; init; }

    public required string Instance { get; init; }

    /// <summary>Mean over a working day.</summary>
    public required double RequestsPerSecond { get; init; }

    /// <summary>Requests per second at which it is full.</summary>
    public required double Capacity { get; init; }

    public required double FirstTokenMilliseconds { get; init; }

    public required double InterTokenMilliseconds { get; init; }

    public required double TokensPerAnswer { get; init; }

    /// <summary>Share of the cache that one running request takes.</summary>
    public required double CachePerRequest { get; init; }

    /// <summary>Share of the canary questions it answers right.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Lag of its users' clocks.</summary>
    public required TimeSpan Shift { get; init; }

    /// <summary>The faults of the script that happen here.</summary>
    public required IReadOnlySet<FaultKind> Faults { get; init; }
}
