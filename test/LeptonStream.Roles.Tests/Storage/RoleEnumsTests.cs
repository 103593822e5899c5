using LeptonStream.Collector;
using LeptonStream.Dashboard;
using LeptonStream.Detector;
using LeptonStream.Health;
using LeptonStream.Notifier;

namespace LeptonStream.Roles.Tests.Storage;

/// <summary>
/// What Core.Tests' UnknownValuesTests is for Core: each enum of the roles either stays in its process, comes from settings, or is read by
/// others as text. One whose values others read back as values needs a case of what stands for an unknown one (docs/upgrading.md).
/// </summary>
public sealed class RoleEnumsTests
{
    private static readonly string[] Inside =
    [
        // Collector
        "DropReason", "EntityEnd", "FamilyType", "Field", "FormatOutcome", "IntakeOutcome", "Names", "Packed", "Part", "PointFlags",
        "PointKind", "RefusalReason", "RelabelAction", "Role", "SeriesRole", "Temporality", "ValueKind", "XidKind",
        // Detector, Infrastructure
        "Failpoint", "AccessRole", "AddressKind", "BrokerRequest", "Concern", "DatabaseKind",
        // Notifier
        "ClaimScope", "DeliveryResult", "Flow", "Folding", "HeartbeatKind", "HtmlPlace", "Lane", "MessageLanguage", "MessageState",
        "RemedyResult", "State", "TokenKind",
        // Dashboard
        "ActionResult", "AlertStatus", "LinkResult", "OutboxResult", "RemediationResult",
    ];

    private static readonly string[] ReadAsText = [nameof(ProblemCode), "PartitionTaskState"];

    [Test]
    public void Enums_OfTheRoles_HaveTheirPlaceHere()
    {
        Type[] each =
            [typeof(CollectorOptions), typeof(DetectorOptions), typeof(NotifierOptions), typeof(DashboardOptions), typeof(RoleProblem)];
        var all = each.SelectMany(type => type.Assembly.GetTypes()).Where(type => type.IsEnum).Select(type => type.Name);
        Assert.That(all, Is.EquivalentTo([.. Inside, .. ReadAsText]));
    }

    // A problem of a later version is shown by its own sentence.
    [Test]
    public void Problem_WithACodeThatIsNotKnown_KeepsItsText()
    {
        var problem = new RoleProblem("moon_full", "the moon is full", new Dictionary<string, string>());
        Assert.That(problem.ToString(), Is.EqualTo("the moon is full"));
    }
}
