using System.Globalization;
using LeptonStream.Cli.Terminal;

namespace LeptonStream.Cli.Status;

/// <summary>Times as people read them: how long ago, and the time itself.</summary>
internal static class Moments
{
    public static string Of(DateTimeOffset at, DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture,
        $"{ElapsedText.Of(TimeSpan.FromSeconds(Math.Round((now - at).TotalSeconds)))} ago ({at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC)");
}
