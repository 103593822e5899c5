using LeptonStream.Yaml;

namespace LeptonStream.Access;

/// <summary>
/// The tokens of a tokens file, such as <c>Dashboard:TokensFile</c>. The file holds the SHA-256 of each, never a token: tokens are long
/// and random, so a fast hash keeps them.
/// </summary>
public sealed class AccessTokens
{
    /// <summary>No tokens: nobody has one.</summary>
    public static readonly AccessTokens None = new([]);

    private const string RoleForm = "must be viewer, responder, admin or sender";

    // By digest: a comparison of digests tells nothing of a token, however long it takes.
    private readonly Dictionary<string, (string Name, AccessRole Role)> _byDigest;

    private AccessTokens(Dictionary<string, (string Name, AccessRole Role)> byDigest) => _byDigest = byDigest;

    /// <summary>Number of tokens.</summary>
    public int Count => _byDigest.Count;

    /// <summary>Reads the text of a tokens file.</summary>
    /// <returns>The tokens, or null where anything is wrong.</returns>
    public static AccessTokens? Parse(string yaml, string file, out IReadOnlyList<string> errors)
    {
        var wrong = new YamlErrors(file);
        errors = wrong.All;
        if (YamlSection.Parse(yaml, "'tokens'", wrong) is not { } document) return null;

        var tokens = new Dictionary<string, (string Name, AccessRole Role)>();
        foreach (var section in document.Sections("tokens"))
        {
            var name = section.RequiredText("name");
            var digest = section.RequiredText("sha256").ToLowerInvariant();
            if (!Enum.TryParse<AccessRole>(section.RequiredText("role"), ignoreCase: true, out var role) || role == AccessRole.None
                || !Enum.IsDefined(role)) section.Wrong("role", RoleForm);
            if (digest.Length != 64 || !digest.All(char.IsAsciiHexDigit))
                section.Wrong("sha256", "must be the SHA-256 of the token, 64 hexadecimal digits: 'lepton token' makes both");
            else if (!tokens.TryAdd(digest, (name, role))) section.Wrong("sha256", "stands there twice");
            section.End();
        }

        document.End();
        return wrong.All.Count == 0 ? new AccessTokens(tokens) : null;
    }

    /// <summary>Whose token it is; null where it is nobody's.</summary>
    public (string Name, AccessRole Role)? Find(string token) =>
        _byDigest.TryGetValue(AccessToken.DigestOf(token), out var holder) ? holder : null;
}
