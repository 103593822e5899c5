using System.Reflection;
using LeptonStream.Detection;

namespace LeptonStream.Core.Tests.Architecture;

/// <summary>The arrows between the projects: Cli → roles → Infrastructure → Core, no role knows another, and Core touches nothing outside.</summary>
public sealed class DependencyTests
{
    private static readonly string[] Roles = ["LeptonStream.Detector", "LeptonStream.Notifier", "LeptonStream.Dashboard"];

    [Test]
    public void Core_References_NothingButMathsAndHashing()
    {
        var references = typeof(PartitionPipeline).Assembly.GetReferencedAssemblies().Select(a => a.Name!).ToArray();
        Assert.That(references.Where(r => !r.StartsWith("System.", StringComparison.Ordinal)), Is.SubsetOf((string[])["MathNet.Numerics"]));
        string[] outside = ["System.Net", "System.IO.FileSystem", "System.Data", "System.Console", "System.Diagnostics.Process", "System.Threading.Thread"];
        Assert.That(references.Where(r => outside.Any(o => r.StartsWith(o, StringComparison.Ordinal))), Is.Empty);
    }

    [Test]
    public void Infrastructure_References_NoRole() =>
        Assert.That(OwnReferencesOf("LeptonStream.Infrastructure"), Is.SubsetOf((string[])["LeptonStream.Core"]));

    [TestCaseSource(nameof(Roles))]
    public void Role_References_NoOtherRole(string role) =>
        Assert.That(OwnReferencesOf(role), Is.SubsetOf((string[])["LeptonStream.Core", "LeptonStream.Infrastructure"]));

    [Test]
    public void Types_OfTheProduct_AreSealedUnlessTheyAreMeantToBeExtended()
    {
        var open = Roles.Append("LeptonStream.Infrastructure").Append("LeptonStream.Core").Append("lepton")
            .SelectMany(name => Assembly.Load(name).GetTypes())
            .Where(t => t is { IsClass: true, IsSealed: false, IsAbstract: false } && t.Namespace?.StartsWith("LeptonStream", StringComparison.Ordinal) == true)
            .Where(t => !t.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute), inherit: false) && !t.FullName!.Contains('<'))
            .Select(t => t.FullName);
        Assert.That(open, Is.Empty);
    }

    private static IEnumerable<string> OwnReferencesOf(string assembly) => Assembly.Load(assembly)
        .GetReferencedAssemblies().Select(a => a.Name!).Where(n => n.StartsWith("LeptonStream", StringComparison.Ordinal));
}
