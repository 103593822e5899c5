using LeptonStream.Dashboard;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace LeptonStream.Roles.Tests.Dashboard;

public sealed class DashboardOptionsTests
{
    [TestCase("Dashboard:Url", "nonsense")]
    [TestCase("Dashboard:Url", "https://127.0.0.1:8443")]
    [TestCase("Dashboard:Url", "ftp://127.0.0.1")]
    [TestCase("Dashboard:Url", "http://127.0.0.1:8080/path")]
    [TestCase("Dashboard:Url", "http://127.0.0.1:65536")]
    [TestCase("Dashboard:Url", "http://localhost:0")]
    [TestCase("Dashboard:PollIntervalMs", "49")]
    [TestCase("Dashboard:PollIntervalMs", "60001")]
    [TestCase("Dashboard:HeartbeatSeconds", "0")]
    [TestCase("Dashboard:HeartbeatSeconds", "301")]
    [TestCase("Dashboard:MaxClients", "0")]
    [TestCase("Dashboard:MaxClients", "10001")]
    public void Build_WrongSetting_IsRefusedByName(string setting, string value) =>
        Assert.That(() => Build((setting, value)),
            Throws.InstanceOf<OptionsValidationException>().With.Message.StartsWith($"{setting} is "));

    [Test]
    public void Build_SeveralWrongSettings_AreAllNamed() =>
        Assert.That(
            () => Build(("Dashboard:MaxClients", "0"), ("Dashboard:PollIntervalMs", "0"), ("Dashboard:Url", "?")),
            Throws.InstanceOf<OptionsValidationException>().With.Message.Contains("MaxClients").And.Message.Contains(
                "PollIntervalMs").And.Message.Contains("Url"));

    [TestCase("http://127.0.0.1:8080")]
    [TestCase("http://localhost:8080")]
    [TestCase("http://0.0.0.0:8080")]
    [TestCase("http://[::]:0")]
    [TestCase("http://*:80")]
    public void Build_SoundUrl_IsTaken(string url) => Assert.That(() => Build(("Dashboard:Url", url)), Throws.Nothing);

    private static void Build(params (string Name, string Value)[] settings)
    {
        var values = settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value));
        using var app = (IDisposable)DashboardHost.Build(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
    }
}
