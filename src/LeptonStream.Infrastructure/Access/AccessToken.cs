using System.Security.Cryptography;
using System.Text;

namespace LeptonStream.Access;

/// <summary>A token, as the program keeps it: by its digest.</summary>
public static class AccessToken
{
    /// <summary>The SHA-256 of a token as the tokens file has it: 64 hexadecimal digits.</summary>
    public static string DigestOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
