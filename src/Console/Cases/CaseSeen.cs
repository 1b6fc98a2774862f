using B2D.Console.Access;
using B2D.Core.Access;
using B2D.Core.Cases;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Devices;
using Microsoft.AspNetCore.Http;

namespace B2D.Console.Cases;

/// <summary>Acts on cases that name something else: a case, an outage or a defect that the actor has to see, or a person who has to see the case.</summary>
internal static class CaseSeen
{
    /// <summary>Why an act is not possible by what somebody sees, in a sentence; empty where it is.</summary>
    /// <param name="cases">The cases that it is done to.</param>
    public static string RefusalOf(HttpContext http, IEnumerable<long> cases, CaseAct act) => act switch
    {
        CaseAct.Merge merge when !Sights.Sees(http, "cases", merge.Into) => $"there is no case #{merge.Into}",
        CaseAct.Link link when !Sights.Sees(http, link.Subject) => $"there is no {link.Subject.Replace(":", " #", StringComparison.Ordinal)}",
        CaseAct.Unlink link when !Sights.Sees(http, link.Subject) => "nobody linked it to that",
        CaseAct.Assign to => Given(http, cases, to.To),
        CaseAct.HandOff to => Given(http, cases, to.To),
        CaseAct.Complain to => Given(http, cases, to.Owner),
        _ => "",
    };

    /// <summary>Nobody is given work that they do not see, and nothing is given to nobody: a name that was typed wrong, somebody who is locked or only looks.</summary>
    private static string Given(HttpContext http, IEnumerable<long> cases, string to) => http.RequestServices.GetRequiredService<Stores>().State.Read(db =>
    {
        if (to.Length == 0)
            return "";
        if (UserStore.Find(db, to) is not { } user)
            return $"there is no user {to}";
        if (user.LockedAt > 0 || Roles.Of(user.Role) is null or Role.Viewer)
            return user.LockedAt > 0 ? $"{to} is locked" : $"{to} may only look at cases";
        if (Roles.Of(user.Role) == Role.Administrator || Sight.Of(user.Queues, user.Segments) is not { IsEverything: false } sight)
            return "";
        var hidden = cases.Select(id => CaseStore.Find(db, id)).OfType<CaseRow>()
            .FirstOrDefault(c => !sight.Case(c.Queue, DeviceStore.Find(db, c.Device)?.Segment ?? c.Segment).IsShown);
        return hidden is null ? "" : $"{to} does not see case #{hidden.Id}: {to} sees {sight}";
    });
}
