using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace LeptonStream.Health;

/// <summary>
/// A short name for the place where something failed: the same for every failure there, whatever the data, and in every build of the same
/// code.
/// </summary>
public static class StackFingerprint
{
    /// <returns>Twelve hexadecimal digits of a hash over the exception's type and the methods of its stack.</returns>
    public static string Of(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        var text = new StringBuilder(failure.GetType().FullName);
        foreach (var method in new StackTrace(failure).GetFrames()
            .Select(frame => frame.GetMethod())
            .OfType<System.Reflection.MethodBase>())
            text.Append('\n').Append(method.DeclaringType?.FullName).Append('.').Append(method.Name);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..12];
    }
}
