using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using LeptonStream.Storage;

namespace LeptonStream.Links;

/// <summary>The key that signs action links. It lives in the journal, which the notifier and the dashboard share.</summary>
/// <param name="Secret">Its bytes.</param>
public sealed record ActionLinkKey(ReadOnlyMemory<byte> Secret)
{
    private const int SecretBytes = 32;

    /// <summary>The key of a journal; the first who asks makes it.</summary>
    public static async Task<ActionLinkKey> Of(Database journal, TimeProvider time, CancellationToken stop)
    {
        await using var connection = await journal.Open(stop);
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into action_link_key (id, secret, created_at) values (1, @secret, @now) on conflict (id) do nothing",
            new
            {
                secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes)),
                now = time.GetUtcNow().ToUnixTimeMilliseconds(),
            },
            cancellationToken: stop));
        return (await Find(connection, stop))!;
    }

    /// <summary>The key of a journal; null where nobody has signed anything yet.</summary>
    public static async Task<ActionLinkKey?> Find(DbConnection connection, CancellationToken stop)
    {
        var secret = await connection.ExecuteScalarAsync<string?>(
            new CommandDefinition("select secret from action_link_key where id = 1", cancellationToken: stop));
        return secret is null ? null : new(Convert.FromBase64String(secret));
    }

    /// <summary>Nothing: a key is never shown.</summary>
    public override string ToString() => nameof(ActionLinkKey);
}
