using System.Security.Claims;
using LeptonStream.Access;
using LeptonStream.Dashboard.Access;
using LeptonStream.Samples;

namespace LeptonStream.Dashboard.Actions;

/// <summary>Who changes something, when and why: what the audit says of a change.</summary>
/// <param name="Actor">The person's or program's name.</param>
/// <param name="Role">The role they had.</param>
/// <param name="At">The time.</param>
/// <param name="Note">Their words; may be empty.</param>
internal sealed record Change(string Actor, AccessRole Role, Timestamp At, string Note)
{
    /// <summary>Characters of the words, at most.</summary>
    public const int LongestNote = 4000;

    public static Change By(ClaimsPrincipal person, TimeProvider time, string? note) => new(
        person.Identity!.Name!, AccessPolicies.RoleOf(person), Timestamp.FromDateTimeOffset(time.GetUtcNow()), note?.Trim() ?? "");
}
