using System.Net.ServerSentEvents;
using System.Text.Json;

namespace LeptonStream.Roles.Tests.Dashboard;

/// <summary>A client of the live feed that reads one event after the other.</summary>
internal sealed class LiveConnection : IAsyncDisposable
{
    private readonly HttpResponseMessage _answer;
    private readonly IAsyncEnumerator<SseItem<string>> _events;
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(20));

    private LiveConnection(HttpResponseMessage answer, Stream stream)
    {
        _answer = answer;
        _events = SseParser.Create(stream).EnumerateAsync(_patience.Token).GetAsyncEnumerator(_patience.Token);
    }

    public HttpResponseMessage Answer => _answer;

    /// <summary>The id of the last event that had one.</summary>
    public string? LastEventId { get; private set; }

    public static async Task<LiveConnection> Open(HttpClient http, string? lastEventId = null, string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/live{query}");
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new(answer, await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync());
    }

    /// <summary>The next event that is no ping, as its kind and what it tells (an alert's metric and status).</summary>
    public async Task<(string Kind, string Told)> Next()
    {
        while (true)
        {
            var item = await NextItem() ?? throw new AssertionException("the stream has ended");
            if (item.EventType != "ping") return (item.EventType, item.EventType == "alert" ? Told(item.Data) : "");
        }
    }

    /// <summary>The next event of any kind; null at the end of the stream.</summary>
    public async Task<SseItem<string>?> NextItem()
    {
        if (!await _events.MoveNextAsync()) return null;
        LastEventId = _events.Current.EventId ?? LastEventId;
        return _events.Current;
    }

    public async ValueTask DisposeAsync()
    {
        await _patience.CancelAsync();
        _answer.Dispose();
        _patience.Dispose();
    }

    private static string Told(string alert)
    {
        var json = JsonDocument.Parse(alert).RootElement;
        return $"{json.GetProperty("metric").GetString()} {json.GetProperty("status").GetString()}";
    }
}
