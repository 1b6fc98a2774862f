using System.Globalization;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Core.Contacts;
using B2D.Storage;
using B2D.Storage.Contacts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Contacts;

/// <summary>The list of contacts, and the form by which they are logged.</summary>
internal static class ContactPages
{
    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/contacts", (HttpContext http, Stores stores) =>
            Html.Page<ContactsPage>(stores.State.Read(db => ContactLists.Definition.Page<ContactRow>(db, ListRequest.Of(http.Request, ContactLists.Definition.Usual)))))
            .ExcludeFromDescription();
        write.MapForm("/contacts/{id:long}/read", (http, form) =>
        {
            var id = long.Parse((string)http.Request.RouteValues["id"]!, CultureInfo.InvariantCulture);
            return Forms.Back(http, Forms.LocalOr(form.Text("back", 1000), "/contacts"),
                http.RequestServices.GetRequiredService<IContactDesk>().Read(id, http.User.Identity?.Name ?? "") ? "It is read." : "Somebody has read it already.");
        });
        write.MapForm("/contacts", (http, form) =>
        {
            var back = Forms.LocalOr(form.Text("back", 1000), "/contacts");
            var words = new ContactWords
            {
                Device = form.Text("device", 128),
                Case = form.Long("case"),
                Outage = form.Long("outage"),
                Channel = form.Text("channel", 20),
                Direction = form.Text("direction", 20),
                About = form.Text("about", Contact.MaxAbout + 1),
                Repeated = form.Text("repeated", 5) == "yes",
            };
            var (contact, problem) = words.Read(form.Text("customer", 128), null);
            if (contact is null)
                return Forms.Back(http, back, Words.Sentence(problem), bad: true);
            if (!ContactWords.IsSeen(http, contact))
                return Forms.Back(http, back, $"Nothing was logged: {ContactWords.NotThere}.", bad: true);
            return http.RequestServices.GetRequiredService<IContactDesk>().Log(contact, http.User.Identity?.Name ?? "") switch
            {
                ContactOutcome.Kept kept => Forms.Back(http, back, ContactWords.Done(http, kept)),
                ContactOutcome.Rejected rejected => Forms.Back(http, back, $"Nothing was logged: {rejected.Reason}.", bad: true),
                _ => Results.StatusCode(500),
            };
        });
    }
}
