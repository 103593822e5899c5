using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace LeptonStream.Health;

/// <summary>
/// Something that is wrong with a role: a sentence for logs, probes and <c>lepton doctor</c>, and beside it the code and the values from
/// which the dashboard makes the sentence in its reader's language.
/// </summary>
/// <param name="Code">The name of a <see cref="ProblemCode"/>; of a newer program it may be another.</param>
/// <param name="Text">The sentence.</param>
/// <param name="Values">The values in it, by the names of their slots.</param>
/// <param name="Role">The role that says so of itself; null where the sentence names whom it is about.</param>
[JsonConverter(typeof(RoleProblemConverter))]
public sealed partial record RoleProblem(string Code, string Text, IReadOnlyDictionary<string, string> Values, string? Role = null)
{
    /// <summary>The sentences, with {slots} for their values. The English catalogue of the dashboard has the same.</summary>
    public static readonly FrozenDictionary<ProblemCode, string> Sentences = new Dictionary<ProblemCode, string>
    {
        [ProblemCode.Other] = "{detail}",
        [ProblemCode.Starting] = "starting",
        [ProblemCode.LoopHangs] = "hangs: {detail}",
        [ProblemCode.BrokersAway] = "no Kafka broker answers at {servers}",
        [ProblemCode.NotJoined] = "has not joined the consumer group yet",
        [ProblemCode.PartitionsLost] = "has lost all its partitions, and the group has assigned none since",
        [ProblemCode.TopicMissing] = "there is no topic {topic}: 'lepton topics create' makes it",
        [ProblemCode.ReadingNotAllowed] = "the broker does not allow reading {topic} as group {group}: {detail}",
        [ProblemCode.ReadingStalled] = "no record of {topic} comes although some wait, at partition and offset {places}: the broker's "
            + "answer is damaged, or a producer has not ended its transaction",
        [ProblemCode.LeadersAway] = "no broker answers for partitions {partitions} of {topic}, so nobody knows whether records wait there: "
            + "check whether this host can reach the brokers that lead them",
        [ProblemCode.AlertsPartitionsMissing] = "{metrics} has {wanted} partitions but {alerts} has {given}: partitions {partitions} of "
            + "{metrics} are not read until {alerts} has {wanted} partitions; add them: kafka-topics.sh --alter --topic {alerts} "
            + "--partitions {wanted}",
        [ProblemCode.Restoring] = "restores the state of {count} partitions",
        [ProblemCode.RoundFailed] = "{detail}",
        [ProblemCode.SettingsRefused] = "{detail}",
        [ProblemCode.RoleDead] = "no {role} is running: the last report is of {at}",
        [ProblemCode.RoleNeverSeen] = "no {role} is running: none has ever reported",
        [ProblemCode.ClocksDiffer] = "nobody knows whether a {role} is running: the last report is of {at}, a time to come; set the clocks "
            + "of its machine and of this one",
        [ProblemCode.PartitionsDead] = "no {role} works on partitions {partitions}: the last report is of {at}",
        [ProblemCode.PartitionsNeverSeen] = "no {role} works on partitions {partitions}: none has ever reported",
        [ProblemCode.RecordsRefused] =
            "{share}% of the records in {topic}[{partition}] were refused in the last minute ({reasons})",
        [ProblemCode.SamplesRefused] =
            "{share}% of the samples in {topic}[{partition}] were refused in the last minute ({reasons})",
        [ProblemCode.KeyNotJudged] =
            "nothing of the last {records} records of key '{key}' in {topic}[{partition}] was judged ({reasons}, since {at})",
        [ProblemCode.KeylessNotJudged] =
            "nothing of the last {records} records without a key in {topic}[{partition}] was judged ({reasons}, since {at})",
        [ProblemCode.ClockAhead] = "the clock of this host is {seconds} s ahead of the database's, so timers and escalations "
            + "run early by that much: synchronise both clocks",
        [ProblemCode.ClockBehind] = "the clock of this host is {seconds} s behind the database's, so timers and escalations "
            + "run late by that much: synchronise both clocks",
        [ProblemCode.NotificationsDead] = "notifications of the last hour were given up, by receiver: {receivers}; last error: {error}",
        [ProblemCode.ChannelsBlocked] = "channels that reach nobody: {detail}",
        [ProblemCode.StatusNotReadable] = "nobody knows how the {role} is: Kafka fails: {detail}",
    }.ToFrozenDictionary();

    /// <summary>Makes a problem whose sentence has these values.</summary>
    public static RoleProblem Of(ProblemCode code, params (string Slot, string Value)[] values)
    {
        var bySlot = values.ToDictionary(value => value.Slot, value => value.Value);
        return new(NameOf(code), Slot().Replace(Sentences[code], slot => bySlot[slot.Groups[1].Value]), bySlot);
    }

    /// <summary>Makes a problem of which there is a text only.</summary>
    public static RoleProblem Plain(string text) => Of(ProblemCode.Other, ("detail", text));

    /// <summary>The code's name on the wire: <c>role_dead</c>.</summary>
    public static string NameOf(ProblemCode code) => JsonNamingPolicy.SnakeCaseLower.ConvertName(code.ToString());

    /// <summary>The sentence, with the role before it where that says so of itself.</summary>
    public override string ToString() => Role is null ? Text : $"{Role}: {Text}";

    /// <summary>The sentences of several problems in one line; null where there are none.</summary>
    public static string? Line(IReadOnlyCollection<RoleProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        return problems.Count == 0 ? null : string.Join("; ", problems);
    }

    // The values of two equal sentences are equal.
    public bool Equals(RoleProblem? other) => other is not null && (Code, Text, Role) == (other.Code, other.Text, other.Role);

    public override int GetHashCode() => HashCode.Combine(Code, Text, Role);

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Slot();
}
