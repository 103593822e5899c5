using System.Reflection;
using LeptonStream.Detection;
using LeptonStream.Testing;
using Microsoft.Extensions.Logging;

namespace LeptonStream.Product.Tests.Architecture;

/// <summary>
/// The arrows between the projects: Cli → roles → Infrastructure → Core, and Cli → Backtest, Simulator → Core. No role knows
/// another, and Core touches nothing outside.
/// </summary>
public sealed class DependencyTests
{
    private static readonly string[] Roles =
        ["LeptonStream.Collector", "LeptonStream.Detector", "LeptonStream.Notifier", "LeptonStream.Dashboard"];

    // They need nothing but Core: what they tell depends on their input alone.
    private static readonly string[] Laboratories = ["LeptonStream.Backtest", "LeptonStream.Simulator"];

    [Test]
    public void Core_References_NothingButMathsAndHashing()
    {
        var references = typeof(PartitionPipeline).Assembly.GetReferencedAssemblies().Select(a => a.Name!).ToArray();
        Assert.That(references.Where(r => !r.StartsWith("System.", StringComparison.Ordinal)), Is.SubsetOf((string[])["MathNet.Numerics"]));
        string[] outside = ["System.Net", "System.IO.FileSystem", "System.Data", "System.Console", "System.Diagnostics.Process",
            "System.Threading.Thread"];
        Assert.That(references.Where(r => outside.Any(o => r.StartsWith(o, StringComparison.Ordinal))), Is.Empty);
    }

    [Test]
    public void Infrastructure_References_NoRole() =>
        Assert.That(OwnReferencesOf("LeptonStream.Infrastructure"), Is.SubsetOf((string[])["LeptonStream.Core"]));

    [TestCaseSource(nameof(Roles))]
    public void Role_References_NoOtherRole(string role) =>
        Assert.That(OwnReferencesOf(role), Is.SubsetOf((string[])["LeptonStream.Core", "LeptonStream.Infrastructure"]));

    [TestCaseSource(nameof(Laboratories))]
    public void Laboratory_References_CoreAlone(string laboratory) =>
        Assert.That(OwnReferencesOf(laboratory), Is.EqualTo((string[])["LeptonStream.Core"]));

    [Test]
    public void PureTests_Reference_NothingOfTheProgram() => Assert.That(
        File.ReadAllText(Path.Combine(SharedFolder.RepositoryRoot, "test", "LeptonStream.Core.Tests", "LeptonStream.Core.Tests.csproj")),
        Does.Not.Contain("LeptonStream.Cli"));

    // "00:00:11.1271385" is no text for people: whoever logs a length of time says it in words.
    [Test]
    public void LogMessages_OfTheProduct_HoldNoTimeSpan() => Assert.That(
        Roles.Concat(Laboratories).Append("LeptonStream.Infrastructure").Append("lepton")
            .SelectMany(name => Assembly.Load(name).GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(method => method.IsDefined(typeof(LoggerMessageAttribute)))
            .Where(method => Array.Exists(method.GetParameters(), one => one.ParameterType == typeof(TimeSpan)))
            .Select(method => $"{method.DeclaringType!.DeclaringType}.{method.Name}"), Is.Empty);

    [Test]
    public void Types_OfTheProduct_AreSealedUnlessTheyAreMeantToBeExtended()
    {
        var open = Roles.Concat(Laboratories).Append("LeptonStream.Infrastructure").Append("LeptonStream.Core").Append("lepton")
            .SelectMany(name => Assembly.Load(name).GetTypes())
            .Where(t =>
                t is { IsClass: true, IsSealed: false, IsAbstract: false }
                && t.Namespace?.StartsWith("LeptonStream", StringComparison.Ordinal) == true)
            .Where(t =>
                !t.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute), inherit: false)
                && !t.FullName!.Contains('<'))
            .Select(t => t.FullName);
        Assert.That(open, Is.Empty);
    }

    [Test]
    public void EventIds_OfLogMessages_AreEachUsedOnce()
    {
        const BindingFlags Declared = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var methods = Roles.Concat(Laboratories).Append("LeptonStream.Infrastructure").Append("lepton")
            .SelectMany(name => Assembly.Load(name).GetTypes())
            .SelectMany(type => type.GetMethods(Declared))
            .Select(method => (Name: $"{method.DeclaringType}.{method.Name}", Message: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(method => method.Message is not null).ToArray();
        Assert.That(methods, Has.Length.GreaterThan(40));
        Assert.That(methods.GroupBy(method => method.Message!.EventId).Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(method => method.Name))}"), Is.Empty);
    }

    private static IEnumerable<string> OwnReferencesOf(string assembly) => Assembly.Load(assembly)
        .GetReferencedAssemblies().Select(a => a.Name!).Where(n => n.StartsWith("LeptonStream", StringComparison.Ordinal));
}
