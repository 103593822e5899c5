using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeptonStream.Storage;

/// <summary>One entry of the journal's audit, as it is written in the transaction of the change that it is about.</summary>
/// <param name="At">Time of the change, in Unix milliseconds.</param>
/// <param name="Actor">The person's or program's name.</param>
/// <param name="Role">The role they had; <see cref="Program"/> where no person did it.</param>
/// <param name="Action">The action in one word, such as <c>acknowledge</c>.</param>
public sealed partial record AuditRecord(long At, string Actor, string Role, string Action)
{
    /// <summary>The role of LeptonStream itself.</summary>
    public const string Program = "program";

    /// <summary>The alert that it is about, or null.</summary>
    public string? AlertId { get; init; }

    /// <summary>The silence that it is about, or null.</summary>
    public string? SilenceId { get; init; }

    /// <summary>Words of the person; may be empty.</summary>
    public string Note { get; init; } = "";

    /// <summary>Further facts by name; those that are null are left out.</summary>
    public IReadOnlyList<(string Name, string? Value)> Detail { get; init; } = [];

    /// <summary>Something that the program did by itself.</summary>
    /// <param name="role">The program's role, such as <c>notifier</c>.</param>
    /// <param name="at">Time of the change, in Unix milliseconds.</param>
    /// <param name="action">The action in one word.</param>
    public static AuditRecord ByProgram(string role, long at, string action) => new(at, $"lepton {role}", Program, action);

    /// <summary>Adds it.</summary>
    public Task Add(DbTransaction transaction) => transaction.Execute(
        """
        insert into audit (audit_id, at, actor, role, action, alert_id, silence_id, note, detail)
        values (@id, @At, @actor, @Role, @Action, @AlertId, @SilenceId, @note, @detail)
        """,
        new
        {
            id = Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(At)).ToString("N"),
            At,
            actor = SqlText.Clean(Actor),
            Role,
            Action,
            AlertId,
            SilenceId,
            note = SqlText.Clean(Note),
            detail = SqlText.Clean(JsonSerializer.Serialize(
                Detail.Where(part => part.Value is not null).ToDictionary(part => part.Name, part => part.Value!),
                AuditJson.Default.DictionaryStringString)),
        });

    [JsonSerializable(typeof(Dictionary<string, string>))]
    private sealed partial class AuditJson : JsonSerializerContext;
}
