using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LeptonStream.Access;
using LeptonStream.Dashboard;
using LeptonStream.Dashboard.Access;
using LeptonStream.Reload;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace LeptonStream.Roles.Tests.Dashboard;

/// <summary>Who may do what: every way to come in, against every address that shows or changes something.</summary>
public sealed class AccessTests
{
    private const string AlertId = "4d7f1f20a3d34a6bb2d4ac5e3d6c5b11";

    // Method, address and the least role. An address that changes something and is not here fails the test of the whole list.
    private static readonly (string Method, string Address, AccessRole Least)[] Doors =
    [
        ("GET", "/", AccessRole.None),
        ("GET", "/api/v1/me", AccessRole.None),
        ("GET", "/healthz/live", AccessRole.None),
        ("GET", "/-/healthy", AccessRole.None),
        ("GET", "/-/ready", AccessRole.None),
        ("GET", "/api/v1/alerts", AccessRole.Viewer),
        ("GET", $"/api/v1/alerts/{AlertId}", AccessRole.Viewer),
        ("GET", $"/api/v1/alerts/{AlertId}/actions", AccessRole.Viewer),
        ("GET", $"/api/v1/alerts/{AlertId}/notifications", AccessRole.Viewer),
        ("GET", "/api/v1/outbox", AccessRole.Viewer),
        ("GET", "/api/v1/actions", AccessRole.Viewer),
        ("GET", "/api/v1/live", AccessRole.Viewer),
        ("GET", "/api/v2/alerts", AccessRole.Viewer),
        ("GET", "/api/v2/alerts/groups", AccessRole.Viewer),
        ("GET", "/api/v2/silences", AccessRole.Viewer),
        ("GET", "/api/v2/receivers", AccessRole.Viewer),
        ("GET", "/api/v2/status", AccessRole.Viewer),
        ("POST", "/api/v1/silences/preview", AccessRole.Viewer),
        ("POST", $"/api/v1/alerts/{AlertId}/acknowledge", AccessRole.Responder),
        ("DELETE", $"/api/v1/alerts/{AlertId}/acknowledge", AccessRole.Responder),
        ("POST", $"/api/v1/alerts/{AlertId}/assign", AccessRole.Responder),
        ("POST", $"/api/v1/alerts/{AlertId}/notes", AccessRole.Responder),
        ("POST", $"/api/v1/alerts/{AlertId}/close", AccessRole.Responder),
        ("POST", "/api/v2/silences", AccessRole.Responder),
        ("POST", "/api/v2/alerts", AccessRole.Responder),
        ("DELETE", "/api/v2/silence/none", AccessRole.Responder),
        ("POST", "/api/v1/actions/none/approve", AccessRole.Responder),
        ("POST", "/api/v1/actions/none/reject", AccessRole.Responder),
        ("POST", "/api/v1/outbox/none/retry", AccessRole.Admin),
        ("POST", "/api/v1/outbox/none/drop", AccessRole.Admin),
        ("GET", "/api/v1/audit", AccessRole.Admin),
    ];

    private string _file = "";
    private RunningDashboard _dashboard;

    [OneTimeSetUp]
    public async Task Start()
    {
        _file = Path.GetTempFileName();
        await File.WriteAllTextAsync(_file, TokensOf(("vera", "viewer"), ("rosa", "responder"), ("ada", "admin"), ("prom", "sender")));
        _dashboard = await RunningDashboard.Start(("Dashboard:TokensFile", _file), ("Dashboard:AnonymousRole", "None"));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _dashboard.DisposeAsync();
        File.Delete(_file);
    }

    [Test]
    public async Task Forbidden_NamesTheRoleAndTheOneThatIsNeeded()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/alerts/{AlertId}/close");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "vera-token");
        using var answer = await _dashboard.Http.SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("vera is viewer; this needs responder"));
    }

    [Test]
    public async Task EveryDoor_OpensToItsRoleAndThoseAboveOnly([Values] AccessRole role)
    {
        foreach (var (method, address, least) in Doors)
        {
            using var answer = await Knock(_dashboard, method, address, TokenOf(role));

            var refusal = role == AccessRole.None ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden;
            if (!Opens(role, method, address, least)) Assert.That(answer.StatusCode, Is.EqualTo(refusal), $"{method} {address}");
            else
                Assert.That(answer.StatusCode, Is.Not.EqualTo(HttpStatusCode.Unauthorized).And.Not.EqualTo(HttpStatusCode.Forbidden)
                    .And.Not.EqualTo(HttpStatusCode.MethodNotAllowed), $"{method} {address}");
        }
    }

    [Test]
    public async Task WithoutSettings_AnybodyReadsAndNobodyChanges()
    {
        await using var open = await RunningDashboard.Start();
        foreach (var (method, address, least) in Doors)
        {
            using var answer = await Knock(open, method, address, token: null);

            Assert.That(answer.StatusCode == HttpStatusCode.Unauthorized, Is.EqualTo(least > AccessRole.Viewer), $"{method} {address}");
        }
    }

    [TestCase("Bearer wrong")]
    [TestCase("Bearer ")]
    [TestCase("bearer rosa")]
    public async Task WrongToken_IsRefusedEvenWhereAnybodyMayRead(string authorization)
    {
        await using var open = await RunningDashboard.Start(("Dashboard:TokensFile", _file));
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/alerts");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var answer = await open.Http.SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(answer.Headers.WwwAuthenticate.ToString(), Is.EqualTo("Bearer"));
        Assert.That(answer.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
    }

    [Test]
    public async Task Me_WithATokenOfNobody_IsNobody()
    {
        using var answer = await Knock(_dashboard, "GET", "/api/v1/me", "wrong");
        var me = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.That(me.GetProperty("role").GetString(), Is.EqualTo("none"));
    }

    [TestCase("127.0.0.0/8", "lin@example.com", "lin@example.com", "responder")]
    [TestCase("10.0.0.0/8", "lin@example.com", "anonymous", "viewer")]
    [TestCase("127.0.0.0/8", "", "anonymous", "viewer")]
    public async Task ProxyHeader_CountsFromTrustedAddressesOnly(string proxies, string header, string name, string role)
    {
        await using var dashboard = await RunningDashboard.Start(
            ("Dashboard:TrustedUserHeader", "X-Forwarded-User"), ("Dashboard:TrustedProxies", proxies));
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/me");
        request.Headers.Add("X-Forwarded-User", header);

        using var answer = await dashboard.Http.SendAsync(request);
        var me = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.That(me.GetProperty("name").GetString(), Is.EqualTo(name));
        Assert.That(me.GetProperty("role").GetString(), Is.EqualTo(role));
    }

    [TestCase("Sec-Fetch-Site", "cross-site", false)]
    [TestCase("Sec-Fetch-Site", "same-site", false)]
    [TestCase("Sec-Fetch-Site", "same-origin", true)]
    [TestCase("Origin", "https://evil.example", false)]
    [TestCase("Origin", "null", false)]
    public async Task Change_FromAPageOfAnotherSite_IsRefused(string header, string value, bool passes)
    {
        await using var dashboard = await RunningDashboard.Start(("Dashboard:TrustedUserHeader", "X-Forwarded-User"));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/v1/alerts/{AlertId}/notes");
        request.Headers.Add("X-Forwarded-User", "lin");
        request.Headers.Add(header, value);
        request.Content = JsonContent.Create(new { text = "seen" });

        using var answer = await dashboard.Http.SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(passes ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task TokensFile_Changed_IsReadAgain_AndAWrongOneChangesNothing()
    {
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, TokensOf(("vera", "viewer")));
        var time = new FakeTimeProvider();
        var file = new TokensFile(path, time, NullLogger<TokensFile>.Instance);

        await File.WriteAllTextAsync(path, TokensOf(("rosa", "responder")));
        var changed = Look(file, time);
        await File.WriteAllTextAsync(path, "tokens: [");
        var wrong = Look(file, time);
        File.Delete(path);
        var gone = Look(file, time);

        Assert.That(changed.Find("vera-token"), Is.Null);
        Assert.That(changed.Find("rosa-token"), Is.EqualTo(("rosa", AccessRole.Responder)));
        Assert.That(wrong, Is.SameAs(changed));
        Assert.That(gone, Is.SameAs(changed));
    }

    [TestCase("tokens:\n  - {name: a, role: king, sha256: 00}", "role must be viewer, responder, admin or sender")]
    [TestCase("tokens:\n  - {name: a, role: viewer, sha256: secret}", "sha256 must be the SHA-256 of the token")]
    [TestCase("tokens:\n  - {name: a, role: 'viewer, responder', sha256: 00}", "role must be viewer, responder, admin or sender")]
    [TestCase("tokens:\n  - {role: viewer, sha256: secret}", "name is missing")]
    [TestCase("token: []", "token is unknown")]
    public void TokensFile_Wrong_IsNamedByLineAndField(string yaml, string error)
    {
        Assert.That(AccessTokens.Parse(yaml, "tokens.yaml", out var errors), Is.Null);
        Assert.That(string.Join('\n', errors), Does.Contain(error).And.Contain("tokens.yaml:"));
    }

    private static string TokensOf(params (string Name, string Role)[] holders) => "tokens:\n" + string.Concat(holders.Select(holder =>
        $"  - name: {holder.Name}\n    role: {holder.Role}\n    sha256: {AccessToken.DigestOf(holder.Name + "-token")}\n"));

    // A sender comes in where anybody does, and by its own door.
    private static bool Opens(AccessRole role, string method, string address, AccessRole least) => role == AccessRole.Sender
        ? least == AccessRole.None || (method, address) == ("POST", "/api/v2/alerts")
        : role >= least;

    private static string? TokenOf(AccessRole role) => role switch
    {
        AccessRole.Viewer => "vera-token",
        AccessRole.Responder => "rosa-token",
        AccessRole.Admin => "ada-token",
        AccessRole.Sender => "prom-token",
        _ => null,
    };

    // Only content that stands there twice is a change.
    private static AccessTokens Look(TokensFile file, FakeTimeProvider time)
    {
        for (var look = 0; look < 2; look++)
        {
            time.Advance(WatchedFile.Every);
            _ = file.Current();
        }

        return file.Current();
    }

    private static async Task<HttpResponseMessage> Knock(RunningDashboard dashboard, string method, string address, string? token)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (method == "POST") request.Content = JsonContent.Create(new { });
        return await dashboard.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
