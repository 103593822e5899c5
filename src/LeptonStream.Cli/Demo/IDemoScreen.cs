namespace LeptonStream.Cli.Demo;

/// <summary>A display of the demo's progress.</summary>
internal interface IDemoScreen
{
    /// <summary>Shows the progress until <paramref name="done"/> ends, then returns with the terminal free again.</summary>
    /// <param name="now">The progress so far.</param>
    /// <param name="done">The demo.</param>
    Task Show(Func<DemoProgress> now, Task done);
}
