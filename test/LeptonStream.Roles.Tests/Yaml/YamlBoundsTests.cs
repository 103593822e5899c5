using System.Diagnostics;
using LeptonStream.Notifier.Routing;
using LeptonStream.Policies;
using LeptonStream.Testing;
using LeptonStream.Yaml;

namespace LeptonStream.Roles.Tests.Yaml;

/// <summary>No file of settings ends the program: what is too deep, too large or never ends is refused with its line.</summary>
public sealed class YamlBoundsTests
{
    [Test]
    public void Parse_SixtyThousandOpenBrackets_IsRefusedWithLineAndReason()
    {
        Assert.That(PolicyFile.Parse("rules: " + new string('[', 60_000), "f.yaml", out var errors), Is.Null);
        Assert.That(errors, Is.EqualTo(new[] { "f.yaml:1: this is more than 64 lists and mappings deep" }));
    }

    [Test]
    public void Parse_DeepIndentation_IsRefusedWithTheLineThatIsTooDeep()
    {
        var yaml = string.Concat(Enumerable.Range(0, 500).Select(depth => new string(' ', depth) + "a:\n"));
        Assert.That(RoutingFile.Parse(yaml, "f.yaml", out var errors), Is.Null);
        Assert.That(errors, Is.EqualTo(new[] { "f.yaml:65: this is more than 64 lists and mappings deep" }));
    }

    [Test]
    public void Parse_AliasInsideItsOwnAnchor_IsRefused()
    {
        var yaml = File.ReadAllText(SharedFolder.Require("data/trouble/73-policies-recursive.yaml"));
        Assert.That(RoutingFile.Parse(yaml, "f.yaml", out var errors), Is.Null);
        Assert.That(errors, Is.EqualTo(new[] { "f.yaml:1: *r stands inside the part that it stands for: it would never end" }));
    }

    [TestCase("rules: &r [{limit: {value: 1}}, *r]")]
    [TestCase("defaults: &d {limit: *d}")]
    [TestCase("&root\nrules: *root")]
    public void Parse_AliasesThatNeverEnd_AreRefusedInPoliciesToo(string yaml)
    {
        Assert.That(PolicyFile.Parse(yaml, "f.yaml", out var errors), Is.Null);
        Assert.That(errors.Single(), Does.Contain("it would never end"));
    }

    [Test]
    public void Parse_AliasesOfAliases_CountAsAllThatTheyStandFor()
    {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + string.Concat(Enumerable.Range(1, 11)
                .Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));
        Assert.That(PolicyFile.Parse(yaml, "f.yaml", out var errors), Is.Null);
        Assert.That(errors, Is.EqualTo(
            new[] { "f.yaml:5: these are more than 100000 values, each alias counted as all that it stands for" }));
    }

    [Test]
    public void Parse_AliasesThatMakeItDeep_AreRefused()
    {
        var yaml = "a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, 100).Select(i => $"a{i}: &a{i} [*a{i - 1}]\n"));
        Assert.That(PolicyFile.Parse(yaml, "f.yaml", out var errors), Is.Null);
        Assert.That(errors, Is.EqualTo(new[] { "f.yaml:64: this is more than 64 lists and mappings deep" }));
    }

    [Test]
    public void Parse_AnAliasThatEnds_IsTakenAsWhatItStandsFor()
    {
        var policies = PolicyFile.Parse("rules:\n- &calm {warning_budget: 30d, matchers: [metric=a]}\n- *calm\n", "f.yaml", out var errors);
        Assert.That(errors, Is.Empty);
        Assert.That(policies!.Rules, Has.Count.EqualTo(2));
    }

    [Test]
    public void Parse_TextLargerThanAFileMayBe_IsRefused()
    {
        Assert.That(RoutingFile.Parse("# " + new string('x', YamlText.MaxBytes), "f.yaml", out var errors), Is.Null);
        Assert.That(errors, Is.EqualTo(new[] { "f.yaml:1: the text has 1048578 characters, 1048576 are allowed" }));
    }

    [TestCase("/dev/zero", "/dev/zero has 1048577 bytes, 1048576 are allowed")]
    [TestCase("/", "/ can't be read: ")]
    [TestCase("", " can't be read: ")]
    public void Read_WhatIsNoFile_IsRefused(string path, string error)
    {
        Assert.That(YamlText.Read(path, out var wrong), Is.Null);
        Assert.That(wrong, Does.StartWith(error));
    }

    [Test, Platform("Linux"), CancelAfter(20_000)]
    public void Read_ANamedPipe_IsRefusedWithoutWaitingForAWriter()
    {
        var pipe = Path.Combine(Path.GetTempPath(), $"lepton-{Guid.NewGuid():N}.yaml");
        using (var make = Process.Start("mkfifo", pipe)) make.WaitForExit();
        try
        {
            var reading = Task.Run(() => (YamlText.Read(pipe, out var error), error));
            Assert.That(reading.Wait(TimeSpan.FromSeconds(10)), Is.True, "it waits for somebody who writes");
            Assert.That(reading.Result, Is.EqualTo(((string?)null, $"{pipe} can't be read: it is no ordinary file")));
        }
        finally
        {
            File.Delete(pipe);
        }
    }

    // Whatever stands in the file: policies, or errors that name the file; never an exception, never the end of the process.
    [Test]
    public void Parse_AnyShape_EndsWithAResultOrWithErrors([Range(0, 7)] int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 400; i++)
        {
            var yaml = YamlShapes.Next(random);
            var policies = PolicyFile.Parse(yaml, "f.yaml", out var wrong);
            Assert.That(policies is null, Is.EqualTo(wrong.Count > 0), yaml);
            Assert.That(wrong, Has.All.StartsWith("f.yaml:"), yaml);
            var routing = RoutingFile.Parse(yaml, "f.yaml", out wrong);
            Assert.That(routing is null, Is.EqualTo(wrong.Count > 0), yaml);
            Assert.That(wrong, Has.All.StartsWith("f.yaml:"), yaml);
        }
    }
}
