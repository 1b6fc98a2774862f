using B2D.Console;
using B2D.Core.Notices;
using B2D.ProactiveWorker.Notices;

namespace B2D.Host.Desks;

/// <summary>Lets the console send a notice for trial.</summary>
internal sealed class HostTestNotices(TestNotices tests) : ITestNotices
{
    public Task<string> SendAsync(TemplateTrial trial, string address, string who, CancellationToken cancellation) => tests.SendAsync(trial, address, who, cancellation);
}
