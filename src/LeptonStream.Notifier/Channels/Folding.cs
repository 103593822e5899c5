namespace LeptonStream.Notifier.Channels;

/// <summary>How a channel gets more notifications than fit into its share of a minute.</summary>
internal enum Folding
{
    /// <summary>People read a digest, which counts the alerts and shows the worst.</summary>
    Digest = 0,

    /// <summary>A program that keeps an incident open for each group until it hears of its end.</summary>
    Incident = 1,

    /// <summary>A program that takes many alerts in one message, whatever groups they are of.</summary>
    Batch = 2,

    /// <summary>A log, whose readers take it at their own pace: nothing is folded.</summary>
    None = 3,
}
