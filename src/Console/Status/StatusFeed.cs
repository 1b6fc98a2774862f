using System.Globalization;
using System.Text;
using System.Xml;
using B2D.Console.Links;
using B2D.Console.Shell;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Status;

/// <summary>What the status page says, for programs that read feeds (Atom, RFC 4287): one entry for each outage, its words as of now. No word about anybody.</summary>
internal static class StatusFeed
{
    private const string Atom = "http://www.w3.org/2005/Atom";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/status/feed", (HttpContext http, StatusBoard board, View view) =>
    {
        http.Response.Headers.CacheControl = "public, max-age=60";
        LinkText.Speak(http);
        return Results.Text(Write(board.Read(view.Now, view.Zone), $"{http.Request.Scheme}://{http.Request.Host}/status", view), "application/atom+xml; charset=utf-8", Encoding.UTF8);
    }).AllowAnonymous().ExcludeFromDescription();

    private static string Write(StatusModel model, string page, View view)
    {
        var words = StatusText.In(view.Language);
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true, CheckCharacters = true }))
        {
            var all = model.Open.Concat(model.Past).ToArray();
            xml.WriteStartElement("feed", Atom);
            xml.WriteElementString("id", Atom, "urn:b2d:status");
            xml.WriteElementString("title", Atom, Clean($"{view.Options.Organisation} · {words.Title}"));
            xml.WriteElementString("updated", Atom, Words.Iso(all.Length > 0 ? all.Max(o => o.ChangedAt) : view.Now));
            Link(xml, "alternate", page);
            Link(xml, "self", page + "/feed");
            xml.WriteStartElement("author", Atom);
            xml.WriteElementString("name", Atom, Clean(view.Options.Organisation));
            xml.WriteEndElement();
            foreach (var outage in all)
                Entry(xml, outage, page, words, view);
            xml.WriteEndElement();
        }
        return text.ToString();
    }

    private static void Entry(XmlWriter xml, PublicOutage outage, string page, StatusText words, View view)
    {
        var title = words.Named(outage);
        xml.WriteStartElement("entry", Atom);
        xml.WriteElementString("id", Atom, string.Create(CultureInfo.InvariantCulture, $"urn:b2d:outage:{outage.Id}"));
        xml.WriteElementString("title", Atom, Clean(outage.ResolvedAt > 0 ? words.Over(title) : title));
        xml.WriteElementString("published", Atom, Words.Iso(outage.BeganAt));
        xml.WriteElementString("updated", Atom, Words.Iso(outage.ChangedAt));
        Link(xml, "alternate", page);
        xml.WriteStartElement("content", Atom);
        xml.WriteAttributeString("type", "text");
        xml.WriteString(Clean(string.Join(' ', Sentences(outage, words, view).Where(s => s.Length > 0))));
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static IEnumerable<string> Sentences(PublicOutage outage, StatusText words, View view) =>
    [
        words.Since(words.Exact(outage.BeganAt, view)),
        outage.ResolvedAt > 0 ? words.AgainSince(words.Exact(outage.ResolvedAt, view)) : outage.Monitoring ? words.Watched(words.Exact(outage.BeganAt, view)) : words.WeKnow,
        outage.Cause.Length > 0 ? $"{words.Cause}: {outage.Cause.TrimEnd('.')}." : "",
        outage is { ResolvedAt: 0, Workaround.Length: > 0 } ? $"{words.Meanwhile}: {outage.Workaround.TrimEnd('.')}." : "",
        outage is { ResolvedAt: 0, EstimateUntil: > 0 } ? $"{words.Expected} {words.Between(words.Exact(outage.EstimateFrom, view), words.Exact(outage.EstimateUntil, view))}." : "",
        outage is { ResolvedAt: 0, NextUpdateAt: > 0 } ? $"{words.NextUpdate} {words.By(words.Point(outage.NextUpdateAt, view), view.Zone.Id)}." : "",
        $"{words.Reference} O-{outage.Id}.",
    ];

    private static void Link(XmlWriter xml, string rel, string href)
    {
        xml.WriteStartElement("link", Atom);
        xml.WriteAttributeString("rel", rel);
        xml.WriteAttributeString("href", href);
        xml.WriteEndElement();
    }

    /// <summary>XML has no way to write control characters.</summary>
    private static string Clean(string text) => new([.. text.Where(XmlConvert.IsXmlChar)]);
}
