using System.Collections.Immutable;

namespace B2D.Core.Notices;

/// <summary>Why so much of it is stopped or begins again.</summary>
public enum StopReason : byte
{
    /// <summary>The message is about something else.</summary>
    NotAboutIt = 0,

    /// <summary>The classes are in the message.</summary>
    Named = 1,

    /// <summary>All are in the message.</summary>
    NamedAll = 2,

    /// <summary>The customer was told of one class lately: it can be about nothing else.</summary>
    OnlyOneTold = 3,

    /// <summary>Asked which, they said stop once more: all of it.</summary>
    SaidAgain = 4,

    /// <summary>Several were told, or none: what nobody needs ends at once, and of the others it is asked, once.</summary>
    Unclear = 5,

    /// <summary>What they had stopped begins again.</summary>
    StartAgain = 6,
}

/// <summary>What becomes of a wish about notices.</summary>
/// <param name="Classes">What changes.</param>
/// <param name="Given">It begins again; false: it ends.</param>
/// <param name="Asks">The customer is asked which others are meant.</param>
/// <param name="Confirms">The customer is told what is so now.</param>
public sealed record StopDecision(ImmutableArray<NoticeClass> Classes, bool Given, bool Asks, bool Confirms, StopReason Reason)
{
    /// <summary>What nobody needs: ends with any stop.</summary>
    public static readonly ImmutableArray<NoticeClass> NotNeeded = [NoticeClass.Usage, NoticeClass.Offer, NoticeClass.Survey];

    /// <summary>Of what it is asked, in the order of the question.</summary>
    public static readonly ImmutableArray<NoticeClass> AskedOf = [NoticeClass.Service, NoticeClass.Case];

    /// <param name="told">Classes of what the customer was told lately by this channel.</param>
    /// <param name="asked">They were asked which, and have not answered since.</param>
    /// <param name="withdrawn">What they do not want already.</param>
    public static StopDecision Decide(StopWish wish, ImmutableArray<NoticeClass> told, bool asked, ImmutableArray<NoticeClass> withdrawn)
    {
        if (wish.Kind == StopKind.Other)
            return new StopDecision([], false, false, false, StopReason.NotAboutIt);
        if (wish.Kind == StopKind.Start)
        {
            ImmutableArray<NoticeClass> again = [.. withdrawn.Where(c => wish.Classes.IsEmpty || wish.Classes.Contains(c))];
            // To want what one never had is a yes too.
            again = [.. again.Union(wish.Classes)];
            return new StopDecision(again, true, false, again.Length > 0, StopReason.StartAgain);
        }
        var (classes, reason) = wish switch
        {
            { All: true } => (NoticeClasses.WithConsent, StopReason.NamedAll),
            { Classes.IsEmpty: false } => (wish.Classes, StopReason.Named),
            _ when asked => (NoticeClasses.WithConsent, StopReason.SaidAgain),
            _ when told is [var only] => ([only], StopReason.OnlyOneTold),
            _ => (NotNeeded, StopReason.Unclear),
        };
        ImmutableArray<NoticeClass> changes = [.. classes.Except(withdrawn)];
        var asks = reason == StopReason.Unclear && !AskedOf.All(c => withdrawn.Contains(c));
        // The question says what has ended. Nothing new is not confirmed a second time.
        return new StopDecision(changes, false, asks, !asks && changes.Length > 0, reason);
    }
}
