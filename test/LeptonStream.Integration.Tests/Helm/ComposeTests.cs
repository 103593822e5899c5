using System.Data.Common;
using System.Text.Json.Nodes;
using LeptonStream.Testing;

namespace LeptonStream.Integration.Tests.Helm;

/// <summary>compose.yaml can't be started without an engine, but what its parts say of one another can be checked.</summary>
public sealed class ComposeTests
{
    private static readonly JsonNode File = Yaml.ReadFile(Path.Combine(SharedFolder.RepositoryRoot, "compose.yaml"));

    private static IReadOnlyDictionary<string, JsonNode> Services =>
        File.At("services")!.AsObject().ToDictionary(service => service.Key, service => service.Value!);

    /// <summary>The services that are our program.</summary>
    private static IEnumerable<string> Roles =>
        Services.Where(service => service.Value.At("build") is not null).Select(service => service.Key);

    [Test]
    public void Roles_OfTheProgram_AreAllThere()
    {
        Assert.That(Roles, Is.EquivalentTo(new[] { "topics", "collector", "detector", "notifier", "dashboard" }));
        Assert.That(Roles.Select(role => Services[role].Text("command", 0)), Is.EqualTo(Roles));
    }

    [Test]
    public void Image_OfEveryRole_IsTheOneTheChartDeploys()
    {
        var image = Yaml.ReadFile(Path.Combine(Chart.Folder, "values.yaml")).Text("image", "repository");
        var version = Yaml.ReadFile(Path.Combine(Chart.Folder, "Chart.yaml")).Text("appVersion");

        Assert.That(Roles.Select(role => Services[role].Text("image")), Is.All.EqualTo($"{image}:{version}"));
    }

    [Test]
    public void Images_OfKafkaAndPostgres_AreThoseTheTestsTakeWhereThereIsDocker()
    {
        var images = Services.Values.Select(service => service.Text("image"));

        Assert.That(images, Is.SupersetOf(new[] { Containers.KafkaImage, Containers.PostgresImage }));
    }

    [TestCaseSource(nameof(Roles))]
    public async Task Program_StartedAsTheServiceStartsIt_HasNoObjection(string role)
    {
        var service = Services[role];

        var objections = await LeptonProgram.Objections(
            service.Items("command").Select(argument => argument.ToString()), service.Map("environment"));

        Assert.That(service.Map("environment"), Is.Not.Empty);
        Assert.That(objections, Is.Empty);
    }

    [TestCaseSource(nameof(Roles))]
    public void Container_OfARole_CanWriteInTmpAlone(string role)
    {
        var service = Services[role];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(service.Text("read_only"), Is.EqualTo("true"));
            Assert.That(service.Items("tmpfs").Select(folder => folder.ToString()), Is.EqualTo(new[] { "/tmp" }));
            Assert.That(service.Items("cap_drop").Select(capability => capability.ToString()), Is.EqualTo(new[] { "ALL" }));
            Assert.That(service.Items("security_opt").Select(option => option.ToString()), Is.EqualTo(new[] { "no-new-privileges:true" }));
        }
    }

    [Test]
    public void Dependencies_OnHealth_AreOnServicesThatHaveACheck()
    {
        foreach (var (name, service) in Services)
        {
            foreach (var (needed, condition) in service.At("depends_on")?.AsObject()
                .ToDictionary(d => d.Key, d => d.Value.Text("condition")) ?? [])
            {
                Assert.That(Services, Does.ContainKey(needed), name);
                if (condition == "service_healthy")
                    Assert.That(Services[needed].At("healthcheck", "test"), Is.Not.Null, $"{name} waits for {needed}");
                if (condition == "service_completed_successfully")
                    Assert.That(Services[needed].Text("restart"), Is.EqualTo("no"), $"{name} waits for {needed}");
            }
        }
    }

    [Test]
    public void Kafka_AddressOfTheRoles_IsTheOneItAdvertises()
    {
        var advertised = Services["kafka"].Text("environment", "KAFKA_ADVERTISED_LISTENERS")!.Split(',');

        Assert.That(advertised, Does.Contain($"INTERNAL://{Services["detector"].Text("environment", "LEPTON_Kafka__BootstrapServers")}"));
        foreach (var listener in advertised.Select(address => (Name: address.Split(':')[0], Port: address.Split(':')[^1])))
        {
            Assert.That(Services["kafka"].Text("environment", "KAFKA_LISTENERS"), Does.Contain($"{listener.Name}://:{listener.Port}"));
            Assert.That(Services["kafka"].Text("environment", "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"),
                Does.Contain($"{listener.Name}:PLAINTEXT"));
        }
    }

    [Test]
    public void Database_OfTheRoles_IsTheOneThatIsMade()
    {
        var made = Services["postgresql"].At("environment");
        var used = new DbConnectionStringBuilder
            { ConnectionString = Services["notifier"].Text("environment", "LEPTON_Storage__ConnectionString") };

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Services, Does.ContainKey($"{used["Host"]}"));
            Assert.That(used["Username"], Is.EqualTo(made.Text("POSTGRES_USER")));
            Assert.That(used["Password"], Is.EqualTo(made.Text("POSTGRES_PASSWORD")));
            Assert.That(used["Database"], Is.EqualTo(made.Text("POSTGRES_DB")));
        }
    }

    [Test]
    public void Ports_OnThisMachine_AreOpenToItAlone()
    {
        Assert.That(Services.Values.SelectMany(service => service.Items("ports")).Select(port => port.ToString()),
            Is.Not.Empty.And.All.StartsWith("127.0.0.1:"));
    }

    [Test]
    public void Volumes_ThatAreNamed_AreDeclared()
    {
        var used = Services.Values.SelectMany(service => service.Items("volumes")).Select(volume => volume.ToString().Split(':')[0]);

        Assert.That(used, Is.EquivalentTo(File.Map("volumes").Keys));
    }
}
