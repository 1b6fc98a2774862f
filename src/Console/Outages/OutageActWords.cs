using B2D.Core;
using B2D.Core.Outages;

namespace B2D.Console.Outages;

/// <summary>What an act on an outage says. Names: set-cause, set-workaround, set-estimate, set-next-update, hold-news, override, release-guard.</summary>
internal sealed record OutageActWords
{
    /// <summary>States that a person can put it in.</summary>
    public static readonly IReadOnlyList<OutagePhase> States = [OutagePhase.Investigating, OutagePhase.Identified, OutagePhase.Monitoring, OutagePhase.Resolved];

    /// <summary>Most characters that a cause or a work-around has: it goes into a text to thousands.</summary>
    public const int MostText = 500;

    public string Act { get; init; } = "";

    /// <summary>The version of the outage that the actor saw.</summary>
    public int? Version { get; init; }

    /// <summary>Cause or work-around, at most 500 characters; empty takes it back.</summary>
    public string? Text { get; init; }

    /// <summary>ISO 8601 or epoch milliseconds.</summary>
    public string? From { get; init; }

    public string? Until { get; init; }

    public string? At { get; init; }

    /// <summary>Investigating, Identified, Monitoring or Resolved.</summary>
    public string? State { get; init; }

    /// <summary>Why, for <c>override</c>; at most 500 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>The act, or what is missing for it in a sentence.</summary>
    public (OutageAct? Act, string Problem) Read(ServerTime? from, ServerTime? until, ServerTime? at, ServerTime now) => Act switch
    {
        "set-cause" or "set-workaround" when Text?.Trim().Length > MostText => (null, $"text is longer than {MostText} characters: customers read it as a text message."),
        "set-cause" when Text is null => (null, "text is missing: the cause; empty takes it back."),
        "set-cause" => (new OutageAct.SetCause(Text.Trim()), ""),
        "set-workaround" => (new OutageAct.SetWorkaround((Text ?? "").Trim()), ""),
        "set-estimate" when from is null || until is null => (null, "from and until are times: the window in which it should be over."),
        "set-estimate" when until < from || until < now => (null, "until lies after from and in the future."),
        "set-estimate" => (new OutageAct.SetEstimate(from.Value, until.Value), ""),
        "set-next-update" when at is null => (null, "at is missing or no time: when customers hear the next word."),
        "set-next-update" when at <= now => (null, "at lies in the future."),
        "set-next-update" => (new OutageAct.SetNextUpdate(at.Value), ""),
        "hold-news" => (new OutageAct.HoldNews(), ""),
        "override" when string.IsNullOrWhiteSpace(Reason) || Reason.Length > 500 => (null, "reason is missing or longer than 500 characters: why it is put in another state than telemetry says."),
        "override" => Enum.TryParse<OutagePhase>(State, ignoreCase: true, out var state) && States.Contains(state)
            ? (new OutageAct.Override(state, Reason.Trim()), "") : (null, $"state is one of {string.Join(", ", States)}."),
        "release-guard" => (new OutageAct.ReleaseGuard(), ""),
        _ => (null, $"'{Act}' is nothing that can be done to an outage: set-cause, set-workaround, set-estimate, set-next-update, hold-news, override, release-guard."),
    };

    /// <summary>What was done, for the person who did it.</summary>
    public static string Done(OutageAct act) => act switch
    {
        OutageAct.SetCause { Cause.Length: 0 } => "The cause is taken back; those who were told of it hear so within two minutes.",
        OutageAct.SetCause => "The cause is set; those who were told hear it within two minutes.",
        OutageAct.SetWorkaround w => w.Text.Length > 0 ? "The work-around is set; those who were told hear it within two minutes." : "The work-around is taken back.",
        OutageAct.SetEstimate => "The estimate is set; those who were told hear it within two minutes, with the one before.",
        OutageAct.SetNextUpdate => "The next word is promised for then; where that is later than they were told, they hear it before.",
        OutageAct.HoldNews => "Held: it is told with the next promised word, or with what you write next. What is wrong in it can be changed until then.",
        OutageAct.Override o => $"It is {o.State} now, by your word.",
        _ => "Released: the notices go out now.",
    };
}
