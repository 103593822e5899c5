using System.CommandLine;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Settings;
using Microsoft.Extensions.Configuration;

namespace LeptonStream.Cli.Api;

/// <summary>The API of a dashboard as the tools use it: every refusal becomes one plain sentence.</summary>
internal sealed class ApiClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;

    // Where the token stands, as its holder knows the place.
    private readonly string _tokenSource;

    private ApiClient(Uri url, string? token, string tokenSource)
    {
        _tokenSource = tokenSource;
        _http = new HttpClient { BaseAddress = url, Timeout = Patience };
        if (token is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>The client for the settings of a command line.</summary>
    /// <exception cref="WrongUsageException">A setting is wrong.</exception>
    public static ApiClient Of(ParseResult parsed)
    {
        var settings = LeptonSettings.Load(parsed);
        settings.Check(_ => { });
        var options = settings.Configuration.GetSection(ApiOptions.Section).Get<ApiOptions>() ?? new();
        if (!Uri.TryCreate(options.Url.TrimEnd('/') + "/", UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new WrongUsageException(
                $"Api:Url is '{options.Url}': write http://host:port or https://host, with a path where there is one");
        return new ApiClient(url, TokenOf(options), options.TokenFile is { Length: > 0 } file ? file : "LEPTON_Api__Token");
    }

    public async Task<JsonElement> Get(string address, CancellationToken stop) =>
        await Ask(HttpMethod.Get, address, body: null, stop);

    public async Task<JsonElement> Post(string address, object body, CancellationToken stop) =>
        await Ask(HttpMethod.Post, address, body, stop);

    public async Task Delete(string address, CancellationToken stop) => await Ask(HttpMethod.Delete, address, body: null, stop);

    public void Dispose() => _http.Dispose();

    private static string? TokenOf(ApiOptions options)
    {
        if (options.TokenFile is not { Length: > 0 } file) return options.Token is { Length: > 0 } token ? token : null;
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new WrongUsageException($"Api:TokenFile {file} can't be read: {unreadable.Message}");
        }
    }

    private async Task<JsonElement> Ask(HttpMethod method, string address, object? body, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(method, address);
        if (body is not null) request.Content = JsonContent.Create(body);
        try
        {
            using var answer = await _http.SendAsync(request, stop);
            var text = await answer.Content.ReadAsStringAsync(stop);
            if (answer.StatusCode == HttpStatusCode.NotFound && Detail(text) is { } unknown) throw new WrongUsageException(unknown);
            if (!answer.IsSuccessStatusCode) throw new RefusedException(answer.StatusCode, Refusal(answer.StatusCode, text));
            return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
        }
        catch (HttpRequestException unreachable)
        {
            throw new InvalidOperationException(
                $"{_http.BaseAddress} does not answer: {unreachable.Message}. Is the dashboard running there (--api)?", unreachable);
        }
        catch (JsonException other)
        {
            throw new InvalidOperationException($"what answers at {_http.BaseAddress} is no LeptonStream dashboard (--api)", other);
        }
        catch (TaskCanceledException late) when (!stop.IsCancellationRequested)
        {
            throw new InvalidOperationException($"{_http.BaseAddress} gave no answer within {Patience.TotalSeconds:0} s", late);
        }
    }

    private string Refusal(HttpStatusCode status, string text) => status switch
    {
        HttpStatusCode.Unauthorized when _http.DefaultRequestHeaders.Authorization is not null =>
            $"the token in {_tokenSource} is unknown or was revoked",
        HttpStatusCode.Unauthorized => "the dashboard wants a token: set LEPTON_Api__Token or --token-file (its operator makes one with "
            + "'lepton token NAME --role responder --file tokens.yaml' and starts the dashboard with "
            + "--set Dashboard:TokensFile=tokens.yaml)",
        HttpStatusCode.Forbidden => Detail(text) ?? "the token's role does not allow it",
        _ => Detail(text) ?? $"the dashboard answers {(int)status} {status}",
    };

    // A problem has a detail; Alertmanager's addresses answer with a text.
    private static string? Detail(string text)
    {
        try
        {
            var json = JsonDocument.Parse(text).RootElement;
            return json.ValueKind == JsonValueKind.String ? json.GetString()
                : json.ValueKind == JsonValueKind.Object && json.TryGetProperty("detail", out var detail) ? detail.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The dashboard answers and refuses; the sentence says why.</summary>
internal sealed class RefusedException(HttpStatusCode status, string message) : InvalidOperationException(message)
{
    public HttpStatusCode Status => status;
}
