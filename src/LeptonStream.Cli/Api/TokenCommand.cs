using System.Buffers.Text;
using System.CommandLine;
using System.Security.Cryptography;
using LeptonStream.Access;
using LeptonStream.Cli.CommandLine;

namespace LeptonStream.Cli.Api;

/// <summary><c>lepton token</c>.</summary>
internal static class TokenCommand
{
    private const int TokenBytes = 32;
    private const string Indent = "  ";

    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "Whose token it is: the name in the audit" };
        var role = new Option<string>("--role") { Description = "viewer, responder, admin or sender", Required = true, HelpName = "ROLE" };
        role.AcceptOnlyFromAmong("viewer", "responder", "admin", "sender");
        var file = new Option<string?>("--file")
            { Description = "Add the entry to this tokens file, which is made where there is none", HelpName = "FILE" };
        var command = new Command("token", "Make a token for the dashboard and its API: the token itself on the first line, and below it "
            + "the entry that Dashboard:TokensFile has below 'tokens:', with its digest only") { name, role, file }
            .WithExamples(
                ("lepton token rosa --role responder --file tokens.yaml", "give rosa the token; the file has its entry"),
                ("lepton dashboard --set Dashboard:TokensFile=tokens.yaml", "the dashboard lets rosa in"),
                ("lepton token rosa --role responder", "give rosa the first line, and add the others to the file"));
        command.SetAction(parsed =>
        {
            var token = "lepton_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
            var (holder, given) = (parsed.GetRequiredValue(name), parsed.GetRequiredValue(role));
            if (parsed.GetValue(file) is { } path && !TryAdd(path, indent => EntryOf(holder, given, token, indent)))
                return ExitCode.WrongUsage;
            Console.Out.WriteLine(token);
            if (parsed.GetValue(file) is null) Console.Out.Write(EntryOf(holder, given, token, Indent));
            return ExitCode.Sound;
        });
        return command;
    }

    private static string EntryOf(string name, string role, string token, string indent) => string.Join('\n',
        $"{indent}- name: \"{name.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"",
        $"{indent}  role: {role}",
        $"{indent}  sha256: {AccessToken.DigestOf(token)}",
        "");

    // A file that is wrong, or that would be, stays as it is: a dashboard may read it now.
    private static bool TryAdd(string path, Func<string, string> entryOf)
    {
        try
        {
            var before = File.Exists(path) ? File.ReadAllText(path) : "tokens:\n";
            // As far to the right as the entries that it has, or it would be no YAML any more.
            var entry = before.Split('\n').FirstOrDefault(line => line.TrimStart().StartsWith("- ", StringComparison.Ordinal));
            var indent = entry is null ? Indent : entry[..entry.IndexOf('-')];
            var after = (before.EndsWith('\n') ? before : before + '\n') + entryOf(indent);
            if (AccessTokens.Parse(after, path, out var errors) is not null)
            {
                File.WriteAllText(path, after);
                return true;
            }

            Console.Error.WriteLine($"lepton: nothing was added: {string.Join("; ", errors)}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"lepton: nothing was added: {failure.Message}");
        }

        return false;
    }
}
