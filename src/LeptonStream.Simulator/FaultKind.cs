namespace LeptonStream.Simulator;

/// <summary>The kinds of faults in the story.</summary>
internal enum FaultKind
{
    /// <summary>Gradients blow up and drag the loss with them until clipping wins.</summary>
    GradientExplosion,

    /// <summary>The loss is not a number any more; the job is restarted from its last checkpoint.</summary>
    NanLoss,

    /// <summary>One rank computes slower, and all wait for it.</summary>
    StragglerRank,

    /// <summary>A new model version answers slower.</summary>
    LatencyRegression,

    /// <summary>The canary questions are answered worse.</summary>
    AccuracyDrop,

    /// <summary>A few per cent of the requests fail.</summary>
    ErrorBurst,

    /// <summary>Cache blocks are not given back.</summary>
    KvCacheLeak,

    /// <summary>Requests are held but no token comes out.</summary>
    StalledEngine,

    /// <summary>An upstream change empties a column in some of the rows.</summary>
    NullFractionJump,

    /// <summary>The exporter repeats its last values without end.</summary>
    FrozenExporter,

    /// <summary>Corrected memory errors pour in on one GPU.</summary>
    EccStorm,

    /// <summary>One GPU loses its cooling and lowers its clock.</summary>
    ThermalThrottling,
}
