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

    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "Whose token it is: the name in the audit" };
        var role = new Option<string>("--role") { Description = "viewer, responder, admin or sender", Required = true, HelpName = "ROLE" };
        role.AcceptOnlyFromAmong("viewer", "responder", "admin", "sender");
        var command = new Command("token", "Make a token for the dashboard and its API: the token itself on the first line, and below it "
            + "the entry that Dashboard:TokensFile has below 'tokens:', with its digest only") { name, role }
            .WithExamples(("lepton token rosa --role responder", "give rosa the first line, and add the others to the file"));
        command.SetAction(parsed =>
        {
            var token = "lepton_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
            Console.Out.WriteLine(token);
            Console.Out.WriteLine($"  - name: \"{parsed.GetRequiredValue(name).Replace("\\", "\\\\").Replace("\"", "\\\"")}\"");
            Console.Out.WriteLine($"    role: {parsed.GetRequiredValue(role)}");
            Console.Out.WriteLine($"    sha256: {AccessToken.DigestOf(token)}");
            return ExitCode.Sound;
        });
        return command;
    }
}
