using B2D.Console.Links;
using B2D.Console.Shell;
using B2D.Core.Notices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Unsubscribe;

/// <summary>What such a page shows.</summary>
/// <param name="Done">It has ended.</param>
public sealed record UnsubscribeModel(string Token, NoticeClass Class, bool Done);

/// <summary>
/// The page behind the link that ends notices, for whoever has the link. Reading it changes nothing; its form, and the one request of a mail program (RFC 8058), ends them. No
/// cookie speaks for anybody here, so no other page can misuse one.
/// </summary>
internal static class UnsubscribePages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/unsubscribe/{token}", (string token, HttpContext http, IInboundDesk desk) => Page(http, token, desk.WhatEnds(token), done: false)).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/unsubscribe/{token}", (string token, HttpContext http, IInboundDesk desk) => Page(http, token, desk.End(token), done: true))
            .AllowAnonymous().DisableAntiforgery().WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(4096)).ExcludeFromDescription();
    }

    private static IResult Page(HttpContext http, string token, NoticeClass? noticeClass, bool done)
    {
        LinkText.Speak(http);
        return noticeClass is { } what ? Html.Page<UnsubscribePage>(new UnsubscribeModel(token, what, done)) : Html.Missing("such link", "/status");
    }
}
