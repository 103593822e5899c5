using System.Globalization;
using LeptonStream.Output;

namespace LeptonStream.Cli.Status;

/// <summary>
/// Times as people read them: how long ago, and the time itself. What happened while somebody looked, or by a clock that is ahead, is now.
/// </summary>
internal static class Moments
{
    public static string Of(DateTimeOffset at, DateTimeOffset now)
    {
        var age = TimeSpan.FromSeconds(Math.Max(0, Math.Round((now - at).TotalSeconds)));
        return string.Create(CultureInfo.InvariantCulture, $"{ElapsedText.Of(age)} ago ({at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC)");
    }
}
