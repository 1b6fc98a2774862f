using System.Collections.Immutable;

namespace B2D.Core.Notices;

/// <summary>What a customer wrote, as the provider of SMS or e-mail hands it on.</summary>
/// <param name="Id">The provider's own number of it, 1 to 200 characters: the same message is taken once.</param>
/// <param name="Channel">The way it came.</param>
/// <param name="From">The sender's number or address.</param>
public sealed record InboundMessage(string Id, Channel Channel, string From, string Text);

/// <summary>What became of it.</summary>
/// <param name="Customers">Whose address it came from.</param>
/// <param name="Classes">What ended or begins again.</param>
/// <param name="Repeated">It had come before, and nothing was done.</param>
public sealed record InboundOutcome(StopKind Kind, ImmutableArray<string> Customers, ImmutableArray<NoticeClass> Classes, bool Asked, bool Repeated);

/// <summary>Where what customers write arrives.</summary>
public interface IInboundDesk
{
    /// <summary>Takes a message, once.</summary>
    /// <param name="who">Who handed it on.</param>
    InboundOutcome Take(InboundMessage message, string who);

    /// <summary>What the link of a mail ends; null where it is none of ours.</summary>
    NoticeClass? WhatEnds(string token);

    /// <summary>Ends it, as the customer; null where the link is none of ours.</summary>
    NoticeClass? End(string token);
}
