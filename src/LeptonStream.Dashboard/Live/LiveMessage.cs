using System.Text.Json;
using LeptonStream.Dashboard.Alerts;

namespace LeptonStream.Dashboard.Live;

/// <summary>One event for every open page.</summary>
/// <param name="Kind">alert (one that changed), ping (the connection and the journal's state) or reset (load the list again).</param>
/// <param name="Seq">
/// The journal's number up to which the page has seen everything once it has this message; null where it does not change that.
/// </param>
/// <param name="Json">The content, in one line.</param>
internal readonly record struct LiveMessage(string Kind, long? Seq, string Json)
{
    public const string Alert = "alert";
    public const string Ping = "ping";
    public const string Reset = "reset";

    public static LiveMessage PingOf(LiveState state, long? seq = null) =>
        new(Ping, seq, JsonSerializer.Serialize(state, AlertJson.Default.LiveState));

    public static LiveMessage ResetTo(long? seq) => new(Reset, seq, "{}");
}
