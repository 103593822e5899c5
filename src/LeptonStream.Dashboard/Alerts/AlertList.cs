namespace LeptonStream.Dashboard.Alerts;

/// <summary>The answer of <c>/api/v1/alerts</c>.</summary>
/// <param name="Seq">The journal's newest event when the list was read: live changes are to be asked for after this one.</param>
/// <param name="Total">Number of alerts of the status; the list may hold fewer.</param>
/// <param name="Alerts">The most urgent first.</param>
internal sealed record AlertList(long Seq, long Total, IReadOnlyList<AlertSummary> Alerts);
