using System.Collections.Immutable;

namespace B2D.Core.Webhooks;

/// <summary>A system that wants to know.</summary>
/// <param name="Events">Types of <see cref="WebhookEvents"/>.</param>
public sealed record ReceiverWords(string Name, string Url, ImmutableArray<string> Events)
{
    /// <summary>Most of them.</summary>
    public const int MaxReceivers = 50;

    /// <summary>Why it cannot be so, in a sentence; empty where it can.</summary>
    public string Refusal() =>
        Name.Trim().Length is 0 or > 80 || Name.Any(char.IsControl) ? "its name has 1 to 80 characters"
        : Url.Length > 500 || !Uri.TryCreate(Url, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.UserInfo.Length > 0 ? "its address is an absolute https address without a password in it"
        : uri.Scheme == "http" && !uri.IsLoopback ? "plain http is allowed to this machine only"
        : Events.Length == 0 ? "it wants to know at least one thing"
        : Events.FirstOrDefault(e => WebhookEvents.All.All(k => k.Type != e)) is { } unknown ? $"'{(unknown.Length > 40 ? unknown[..40] : unknown)}' is nothing that it can be told: {string.Join(", ", WebhookEvents.All.Select(e => e.Type))}"
        : "";
}

/// <summary>What is done to a receiver.</summary>
public enum ReceiverAct : byte
{
    /// <summary>Nothing is sent there, and what happens waits.</summary>
    Pause = 1,

    /// <summary>It is sent again, what waited first.</summary>
    Resume = 2,

    /// <summary>An event of type <c>test</c>.</summary>
    Test = 3,

    /// <summary>With all that waits for it.</summary>
    Remove = 4,
}

/// <summary>What came of it, with the new secret, which is shown this once.</summary>
/// <param name="Id">The receiver; 0 where there is none.</param>
public sealed record ReceiverOutcome(ActOutcome Outcome, long Id = 0, string Secret = "");

/// <summary>Where other systems are let in on what happens.</summary>
public interface IWebhookDesk
{
    ReceiverOutcome Add(ReceiverWords words, string who);

    ActOutcome Change(long id, int version, ReceiverWords words, string who);

    ActOutcome Act(long id, int version, ReceiverAct act, string who);

    /// <summary>Another secret in place of the one before, at once.</summary>
    ReceiverOutcome NewSecret(long id, int version, string who);

    /// <summary>Sends one again that was delivered or given up, under its old id.</summary>
    ActOutcome Resend(long receiver, long delivery, string who);
}
