namespace LeptonStream.Cli.Demo;

/// <summary>Where people see how the demo goes.</summary>
internal interface IDemoScreen
{
    /// <summary>Shows the progress until <paramref name="done"/> ends, then returns with the terminal free again.</summary>
    /// <param name="now">Where the demo stands at the moment.</param>
    /// <param name="done">The demo.</param>
    Task Show(Func<DemoProgress> now, Task done);
}
