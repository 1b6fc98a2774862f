using B2D.Core.Notices;

namespace B2D.Console;

/// <summary>Sends a notice for trial to an address that somebody entered.</summary>
public interface ITestNotices
{
    /// <summary>Sends it, marked as a test; the answer is empty where the channel took it, else says why not.</summary>
    Task<string> SendAsync(TemplateTrial trial, string address, string who, CancellationToken cancellation);
}
