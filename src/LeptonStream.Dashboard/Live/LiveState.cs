using System.Text.Json.Serialization;
using LeptonStream.Health;

namespace LeptonStream.Dashboard.Live;

/// <summary>The state of everything behind the page: the content of a ping.</summary>
/// <param name="Journal">Whether the journal answers: <c>ok</c> or <c>unreachable</c>.</param>
/// <param name="Problems">Troubles of the roles; null where there is none.</param>
internal sealed record LiveState(
    string Journal,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<RoleProblem>? Problems = null)
{
    public static LiveState Well { get; } = new("ok");

    public static LiveState Unreachable { get; } = new("unreachable");

    public bool IsSameAs(LiveState other) => Journal == other.Journal && (Problems ?? []).SequenceEqual(other.Problems ?? []);
}
