using LeptonStream.Cli.CommandLine;
using LeptonStream.Cli.Roles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LeptonStream.Product.Tests.Cli;

/// <summary>A process whose work has ended by a failure must not look like one that was asked to stop.</summary>
[NonParallelizable]
public sealed class RoleRunnerTests
{
    [Test]
    public async Task Run_APartOfTheRoleFails_EndsWithAFailureAndSaysWhich()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddHostedService<Failing>();
        var (before, said) = (Console.Error, new StringWriter());
        Console.SetError(said);
        int code;
        try
        {
            code = await RoleRunner.Run(builder.Build(), CancellationToken.None);
        }
        finally
        {
            Console.SetError(before);
        }

        Assert.That((code, said.ToString().Trim()), Is.EqualTo((ExitCode.Failed, "lepton: Failing failed: too large")));
    }

    private sealed class Failing : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Delay(50, stoppingToken);
            throw new OverflowException("too large");
        }
    }
}
