using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace LeptonStream.Roles.Tests.Dashboard;

/// <summary>What holds for every answer: headers, caching, health, hosts.</summary>
public sealed partial class HttpSurfaceTests
{
    private RunningDashboard _dashboard;

    [OneTimeSetUp]
    public async Task Start() => _dashboard = await RunningDashboard.Start();

    [OneTimeTearDown]
    public async Task Stop() => await _dashboard.DisposeAsync();

    [TestCase("", 200)]
    [TestCase("api/v1/alerts", 200)]
    [TestCase("api/v1/alerts?limit=x", 400)]
    [TestCase("api/v1/alerts/none", 404)]
    [TestCase("healthz/live", 200)]
    [TestCase("assets/x/js/none.js", 404)]
    [TestCase("nothing", 404)]
    public async Task Get_AnyAnswer_CarriesTheSecurityHeaders(string address, int status)
    {
        using var answer = await _dashboard.Http.GetAsync(address);

        Assert.That((int)answer.StatusCode, Is.EqualTo(status));
        var policy = string.Join(' ', answer.Headers.GetValues("Content-Security-Policy"));
        Assert.That(policy, Does.StartWith(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; "
            + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'").And.Not.Contain("unsafe"));
        Assert.That(answer.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
        Assert.That(answer.Headers.GetValues("Referrer-Policy"), Is.EqualTo(new[] { "no-referrer" }));
        Assert.That(answer.Headers.Contains("Server"), Is.False);
        if (status >= 400) Assert.That(answer.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
    }

    [Test]
    public async Task Page_Itself_IsAskedForEachTimeAndHoldsNoInlineCode()
    {
        using var answer = await _dashboard.Http.GetAsync("");
        var html = await answer.Content.ReadAsStringAsync();

        Assert.That(answer.Headers.CacheControl!.NoCache, Is.True);
        Assert.That(html, Does.Not.Match("<script(?![^>]* src=)").And.Not.Match("<style").And.Not.Match(" style=").And.Not.Match(
            " on[a-z]+="));
        Assert.That(html, Does.Not.Contain("{version}").And.Not.Match("(src|href)=\"(https?:)?//"));
    }

    [Test]
    public async Task Page_EveryFileItNames_IsThereForEver()
    {
        var html = await _dashboard.Http.GetStringAsync("");
        var addresses = Named().Matches(html).Select(m => m.Groups[1].Value).Where(a => a.StartsWith("assets/", StringComparison.Ordinal))
            .Distinct().ToList();

        Assert.That(addresses, Has.Count.GreaterThan(10));
        foreach (var address in addresses)
        {
            using var answer = await _dashboard.Http.GetAsync(address);
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), address);
            Assert.That(answer.Headers.CacheControl!.ToString(), Is.EqualTo("public, max-age=31536000, immutable"), address);
        }
    }

    [TestCase("gzip")]
    [TestCase("identity")]
    public async Task Asset_AskedAgainWithItsTag_IsNotSentAgain(string encoding)
    {
        var address = await AddressOf("css/page.css");
        using var first = await Send(address, encoding, null);
        using var second = await Send(address, encoding, first.Headers.ETag);

        Assert.That(first.Content.Headers.ContentEncoding, encoding == "gzip" ? Is.EqualTo(new[] { "gzip" }) : Is.Empty);
        Assert.That(first.Headers.Vary, Does.Contain("Accept-Encoding"));
        Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
    }

    [Test]
    public async Task Asset_OfAnotherVersion_IsSentButNotKept()
    {
        using var answer = await _dashboard.Http.GetAsync("assets/0123456789abcdef/css/page.css");

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(answer.Headers.CacheControl!.ToString(), Is.EqualTo("no-cache"));
    }

    [TestCase("healthz/live")]
    [TestCase("healthz/ready")]
    [TestCase("-/healthy")]
    [TestCase("-/ready")]
    public async Task Health_DatabaseAnswers_IsGood(string address)
    {
        using var answer = await _dashboard.Http.GetAsync(address);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Health_DatabaseGone_LivesButIsNotReady()
    {
        await using var dashboard = await RunningDashboard.Start();
        await dashboard.Journal.Execute("drop table alert_event");

        using var live = await dashboard.Http.GetAsync("healthz/live");
        using var ready = await dashboard.Http.GetAsync("healthz/ready");

        Assert.That(live.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(ready.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
    }

    [TestCase("evil.example", 400)]
    [TestCase("localhost", 200)]
    public async Task Host_OnALoopbackAddress_MustBeALoopbackName(string host, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/alerts");
        request.Headers.Host = host;

        using var answer = await _dashboard.Http.SendAsync(request);

        Assert.That((int)answer.StatusCode, Is.EqualTo(status));
    }

    [Test]
    public async Task Host_NamedInTheSettings_IsServed()
    {
        await using var dashboard = await RunningDashboard.Start(("Dashboard:AllowedHosts", "alerts.example; other.example"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/alerts");
        request.Headers.Host = "alerts.example";

        using var answer = await dashboard.Http.SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [TestCase("healthz/live")]
    [TestCase("healthz/ready")]
    [TestCase("metrics")]
    public async Task Host_OfAProbe_MayBeAny(string address)
    {
        await using var dashboard = await RunningDashboard.Start(("Dashboard:AllowedHosts", "alerts.example"));
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Host = "10.0.0.7:8080";

        using var answer = await dashboard.Http.SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [TestCase("POST", "api/v1/alerts")]
    [TestCase("DELETE", "api/v1/alerts/x")]
    [TestCase("POST", "healthz/live")]
    [TestCase("PUT", "")]
    public async Task OtherMethods_AreRefused(string method, string address)
    {
        using var answer = await _dashboard.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), address));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
    }

    private async Task<string> AddressOf(string asset) =>
        Named().Matches(await _dashboard.Http.GetStringAsync("")).Select(m => m.Groups[1].Value)
            .Single(a => a.EndsWith(asset, StringComparison.Ordinal));

    private async Task<HttpResponseMessage> Send(string address, string encoding, EntityTagHeaderValue? tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.AcceptEncoding.ParseAdd(encoding);
        if (tag is not null) request.Headers.IfNoneMatch.Add(tag);
        return await _dashboard.Http.SendAsync(request);
    }

    [GeneratedRegex("(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Named();
}
