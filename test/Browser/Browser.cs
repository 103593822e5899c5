using LeptonStream.Testing;
using Microsoft.Playwright;

namespace LeptonStream.Testing.Browsers;

/// <summary>
/// A real Chromium, started once for all tests of an assembly that want one. The two files here are compiled into each assembly that opens
/// pages: the driver beside them is large, and the pure tests shall not wait for it.
/// </summary>
internal static class Browser
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    private static readonly SemaphoreSlim Gate = new(1);
    private static IPlaywright? _playwright;
    private static IBrowser? _browser;

    /// <summary>Opens a page of its own (no cookies, no storage shared) that notes everything that must not happen.</summary>
    public static async Task<WatchedPage> Open(Uri address, BrowserNewContextOptions? options = null, Action<IPage>? watch = null)
    {
        var browser = await Start();
        var page = await WatchedPage.Open(
            await browser.NewContextAsync(options ?? new() { Locale = "en-US", ViewportSize = new() { Width = 1440, Height = 900 } }));
        watch?.Invoke(page.Page);
        await page.Page.GotoAsync(address.AbsoluteUri);
        return page;
    }

    /// <summary>Ends it; for the end of the assembly.</summary>
    public static async Task Stop()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    private static async Task<IBrowser> Start()
    {
        await Gate.WaitAsync();
        try
        {
            if (_browser is not null) return _browser;
            var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
                .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
            Requires.Component(program is not null,
                "no browser: PATH holds neither chromium nor google-chrome (Debian: apt-get install chromium)");
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = program,
                Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
                    "--disable-component-update", "--disable-sync", "--no-first-run"],
            });
            return _browser;
        }
        finally
        {
            Gate.Release();
        }
    }
}
