namespace LeptonStream.Kafka;

/// <summary>The topics of one installation: a prefix and the fixed names behind it.</summary>
public sealed record TopicNames(string Prefix)
{
    public string Metrics => Prefix + "metrics";

    public string Alerts => Prefix + "alerts";

    public string Status => Prefix + "status";

    public string State => Prefix + "state";

    public string Feedback => Prefix + "feedback";

    public string Actions => Prefix + "actions";

    public string DeadLetters => Prefix + "deadletters";

    public IReadOnlyList<string> All => [Metrics, Alerts, Status, State, Feedback, Actions, DeadLetters];

    public static TopicNames Of(KafkaOptions options) => new(options.TopicPrefix);
}
