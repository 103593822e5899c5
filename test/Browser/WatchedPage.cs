using Microsoft.Playwright;

namespace LeptonStream.Testing.Browsers;

/// <summary>A page in the browser and all that went wrong in it: errors, violations of the content policy, scripts of others.</summary>
internal sealed class WatchedPage : IAsyncDisposable
{
    // pwned() is what the hostile names of the tests call.
    private const string Watch = """
        window.caught = [];
        window.pwned = what => { caught.push(`script ran: ${what}`); };
        addEventListener('securitypolicyviolation', v =>
          caught.push(`policy violated: ${v.violatedDirective} ${v.blockedURI} ${v.sample}`));
        """;

    private readonly IBrowserContext _context;
    private readonly List<string> _seen = [];

    private WatchedPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.PageError += (_, error) => Note($"error: {error}");
        page.Console += (_, message) => { if (message.Type is "error" or "warning") Note($"console: {message.Text}"); };
        page.Dialog += async (_, dialog) =>
        {
            Note($"script ran: dialog {dialog.Message}");
            await dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    public static async Task<WatchedPage> Open(IBrowserContext context)
    {
        await context.AddInitScriptAsync(Watch);
        context.SetDefaultTimeout(15_000);
        return new(context, await context.NewPageAsync());
    }

    /// <summary>The rows of the list.</summary>
    public ILocator Rows => Page.Locator("#list a");

    /// <summary>The metrics of the rows, from the top.</summary>
    public async Task<IReadOnlyList<string>> Metrics() => await Rows.Locator(".metric").AllTextContentsAsync();

    /// <summary>Waits until the page says that it is connected.</summary>
    public Task Connected() => Page.Locator("#connection[data-state=live]").WaitForAsync();

    /// <summary>Waits until the list shows these metrics, from the top.</summary>
    public Task Shows(params string[] metrics) => Page.WaitForFunctionAsync(
        "wanted => JSON.stringify([...document.querySelectorAll('#list a .metric')].map(m => m.textContent)) === JSON.stringify(wanted)",
        metrics);

    /// <summary>What went wrong so far.</summary>
    public async Task<IReadOnlyList<string>> Caught()
    {
        var inPage = await Page.EvaluateAsync<string[]>("caught");
        lock (_seen) return [.. _seen, .. inPage];
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private void Note(string what)
    {
        lock (_seen) _seen.Add(what);
    }
}
