using System.Globalization;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Search;
using B2D.Console.Shell;
using B2D.Core.Contacts;
using B2D.Core.Search;
using B2D.Storage;
using B2D.Storage.Contacts;
using B2D.Storage.Customers;
using B2D.Storage.Search;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Contacts;

/// <summary>A contact that is kept. Joined says in a sentence what it belongs to; again: it was told before and counts once.</summary>
internal sealed record ContactAnswer(long Id, long Case, long Outage, string Joined, bool Again)
{
    /// <summary>Without the number of what is not seen.</summary>
    public static ContactAnswer Of(HttpContext http, ContactOutcome.Kept kept) =>
        ContactWords.IsSeen(http, kept.Joins)
            ? new(kept.Id, kept.Joins.CaseId, kept.Joins.OutageId, ContactWords.Joined(kept.Joins), kept.Again) : new(kept.Id, 0, 0, ContactWords.Joined(http, kept.Joins), kept.Again);
}

/// <summary>
/// What another system learns of whoever calls. Contact is null where it is not plain who they are; why says so then. Cards are the customers who may be meant.
/// </summary>
internal sealed record InboundAnswer(ContactAnswer? Contact, string Why, IReadOnlyList<CardAnswer> Cards);

/// <summary>/api/contacts</summary>
internal static class ContactsApi
{
    private const int MaxDelivery = 200;

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapList<ContactRow, ContactItem>("contacts", "Contacts with customers, newest first", ContactLists.Definition, c => c.Id.ToString(CultureInfo.InvariantCulture), ContactItem.Of);
        write.MapPost("/contacts", (ContactWords words, HttpContext http, IContactDesk desk) => Log(words, words.Customer ?? "", http, desk, c => c) switch
        {
            (ContactOutcome.Kept kept, _) => Results.Json(ContactAnswer.Of(http, kept), statusCode: kept.Again ? 200 : 201),
            (ContactOutcome.Rejected rejected, _) => Refusals.Of(422, Words.Sentence(rejected.Reason) + "."),
            (_, var problem) => Refusals.Of(400, Words.Sentence(problem)),
        }).WithTags("contacts").WithSummary("Log a contact with a customer").Produces<ContactAnswer>(StatusCodes.Status201Created)
            .WithDescription("customer; channel: phone, chat, email, sms or visit; direction: in or out; about; repeated; device, case or outage where it is known; at. Without case and outage it joins "
                + "the open case of the device, else the outage that touches the customer. With a header Idempotency-Key of at most 200 characters one that is sent twice counts once.");
        write.MapPost("/contacts/{id:long}/read", (long id, HttpContext http, IContactDesk desk, Stores stores) =>
        {
            desk.Read(id, http.User.Identity?.Name ?? "");
            return stores.State.Read(db => ContactStore.Find(db, id)) is { } row ? Results.Ok(ContactItem.Of(row)) : Results.NotFound();
        }).WithTags("contacts").WithSummary("What the customer wrote is read").Produces<ContactItem>().WithDescription("Told again it changes nothing.");
        write.MapPost("/contacts/inbound", Inbound).WithTags("contacts").WithSummary("Tell of a call or a chat that has just begun, and learn who it is")
            .Produces<InboundAnswer>(StatusCodes.Status201Created).Produces<InboundAnswer>()
            .WithDescription("For telephone and chat systems, with a key of the scope contacts. phone (any spelling) or customer; the rest as for POST /api/contacts, about may be missing. "
                + "The header Idempotency-Key names the call: told again, it counts once. The answer has the card of the customer; where several or none have that number, nothing is logged.");
    }

    private static IResult Inbound(ContactWords words, HttpContext http, IContactDesk desk, Stores stores, SearchReader search, View view)
    {
        var known = (words.Customer ?? "").Trim();
        var phone = CallerText.Read(words.Phone).Phone;
        if (known.Length == 0 && phone.Length == 0)
            return Refusals.Of(400, "phone or customer is missing: who it is. A phone number has at least 5 digits.");
        IReadOnlyList<string> ids = stores.State.Read(db => known.Length > 0
            ? CustomerStore.Find(db, known) is null ? (IReadOnlyList<string>)[] : [known]
            : [.. CallerStore.Customers(db, CallerText.Read(words.Phone) with { Postcode = "", Serial = "", Words = [] }, SearchReader.MostCards).Select(f => f.Id)]);
        if (ids.Count != 1)
            return Results.Ok(new InboundAnswer(null, ids.Count == 0 ? "Nobody is known by this." : "Several customers have this number: ask which one it is, and log it on their card.", Cards()));
        return Log(words, ids[0], http, desk, c => c with { ByMachine = true }) switch
        {
            (ContactOutcome.Kept kept, _) => Results.Json(new InboundAnswer(ContactAnswer.Of(http, kept), ContactWords.Joined(http, kept.Joins), Cards()), statusCode: kept.Again ? 200 : 201),
            (ContactOutcome.Rejected rejected, _) => Refusals.Of(422, Words.Sentence(rejected.Reason) + "."),
            (_, var problem) => Refusals.Of(400, Words.Sentence(problem)),
        };

        IReadOnlyList<CardAnswer> Cards() => [.. ids.Select(search.Card).OfType<CallerCard>().Select(c => CardAnswer.Of(c, view.Now, view.Zone))];
    }

    private static (ContactOutcome? Outcome, string Problem) Log(ContactWords words, string customer, HttpContext http, IContactDesk desk, Func<Contact, Contact> more)
    {
        var delivery = http.Request.Headers["Idempotency-Key"].ToString();
        if (delivery.Length > MaxDelivery)
            return (null, $"the header Idempotency-Key has at most {MaxDelivery} characters.");
        var at = Times.Read(words.At);
        if (words.At is { Length: > 0 } && at is null)
            return (null, "at is no time: ISO 8601, or epoch milliseconds.");
        var (contact, problem) = words.Read(customer, at);
        if (contact is not null && !ContactWords.IsSeen(http, contact))
            return (new ContactOutcome.Rejected(ContactWords.NotThere), "");
        return contact is null ? (null, problem) : (desk.Log(more(contact with { Delivery = delivery }), http.User.Identity?.Name ?? ""), "");
    }
}
