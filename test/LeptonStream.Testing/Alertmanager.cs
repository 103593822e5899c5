using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using LeptonStream.Alerting.Muting;
using LeptonStream.Series;
using NUnit.Framework;

namespace LeptonStream.Testing;

/// <summary>A real Alertmanager of its own, on loopback; a test without the binary is skipped.</summary>
public sealed class Alertmanager : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;
    private readonly HttpClient _http;

    private Alertmanager(Process process, string folder, int port)
    {
        _process = process;
        _folder = folder;
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    /// <summary>The address of its API.</summary>
    public Uri Address => _http.BaseAddress!;

    /// <summary>Starts one with a configuration and waits until it is ready.</summary>
    public static async Task<Alertmanager> Start(string configuration)
    {
        var program = SharedFolder.Require("tools/alertmanager");
        var folder = Directory.CreateTempSubdirectory("lepton-alertmanager-").FullName;
        var file = Path.Combine(folder, "alertmanager.yml");
        await File.WriteAllTextAsync(file, configuration);
        var port = LoopbackPorts.FreeRow(1);
        var process = Process.Start(new ProcessStartInfo(program,
            [$"--config.file={file}", $"--storage.path={folder}", $"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var alertmanager = new Alertmanager(process, folder, port);
        var errors = process.StandardError.ReadToEndAsync();
        OrphanWatch.Start(folder, $"kill {process.Id}");
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            if (process.HasExited) throw new AssertionException($"alertmanager ended at once: {await errors}");
            try
            {
                if ((await alertmanager._http.GetAsync("/-/ready")).IsSuccessStatusCode) return alertmanager;
            }
            catch (HttpRequestException) when (waited.Elapsed < TimeSpan.FromSeconds(30))
            {
                // Not listening yet.
            }
        }
    }

    /// <summary>Posts one alert to its API.</summary>
    public async Task Post(IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string> annotations,
        DateTimeOffset startsAt, DateTimeOffset endsAt)
    {
        using var answer = await _http.PostAsJsonAsync("/api/v2/alerts", new[] { new { labels, annotations, startsAt, endsAt } });
        if (!answer.IsSuccessStatusCode) throw await Refusal(answer);
    }

    /// <summary>Silences what fulfils all matchers, from now on.</summary>
    public async Task Silence(IEnumerable<Matcher> matchers, DateTimeOffset endsAt)
    {
        var body = $$"""
            {"matchers": {{MatcherJson.Write(matchers)}}, "startsAt": "{{DateTimeOffset.UtcNow:O}}", "endsAt": "{{endsAt:O}}",
            "createdBy": "test", "comment": "test"}
            """;
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync("/api/v2/silences", content);
        if (!answer.IsSuccessStatusCode) throw await Refusal(answer);
    }

    /// <summary>Posts alerts that fire, and reads the receivers of each in the order of its routes, by the text of its labels.</summary>
    public async Task<IReadOnlyDictionary<string, string[]>> Route(IReadOnlyCollection<LabelSet> alerts)
    {
        var body = alerts.Select(labels => new { labels = labels.ToDictionary(), endsAt = DateTimeOffset.UtcNow.AddDays(1) });
        using var posted = await _http.PostAsJsonAsync("/api/v2/alerts", body);
        if (!posted.IsSuccessStatusCode) throw await Refusal(posted);
        var answer = (await _http.GetFromJsonAsync<JsonArray>("/api/v2/alerts"))!;
        return answer.ToDictionary(
            alert => LabelsOf(alert!["labels"]!.AsObject()).ToString(),
            alert => alert!["receivers"]!.AsArray().Select(receiver => receiver!["name"]!.GetValue<string>()).ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static LabelSet LabelsOf(JsonObject labels) =>
        LabelSet.Of(labels.Select(label => KeyValuePair.Create(label.Key, label.Value!.GetValue<string>())));

    private static async Task<AssertionException> Refusal(HttpResponseMessage answer) =>
        new($"alertmanager refused: {await answer.Content.ReadAsStringAsync()}");
}
