using LeptonStream.Testing.Browsers;

namespace LeptonStream.Product.Tests;

/// <summary>Ends the browser after the last test of this assembly.</summary>
[SetUpFixture]
public sealed class CloseBrowser
{
    [OneTimeTearDown]
    public Task Close() => Browser.Stop();
}
