namespace LeptonStream.Cli.Demo;

/// <summary>Nothing, because standard output belongs to the JSON.</summary>
internal sealed class SilentScreen : IDemoScreen
{
    public Task Show(Func<DemoProgress> now, Task done) => Task.WhenAny(done);
}
