using B2D.Console;
using B2D.Core.Notices;
using B2D.ProactiveWorker.Links;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Customers;
using B2D.Storage.Notices;

namespace B2D.Host.Desks;

/// <summary>The words of notices for the pages that show what customers were told: as they were kept when they left, else as they would be said now.</summary>
internal sealed class HostNoticeWords(Database state, Templates templates, CustomerLinks links) : INoticeWords
{
    public NoticeWords? Of(string noticeId) => state.Read(db =>
    {
        if (NoticeStore.Find(db, noticeId) is not { } row)
            return null;
        var addresses = links.Shown(db, row);
        if (NoticeWordsStore.Find(db, noticeId) is { } kept)
            return new NoticeWords(kept.Subject, addresses.Into(kept.Text)) { Made = Made(new TemplateKey(kept.Template, kept.Language, kept.Channel), kept.Version), AsSent = true };
        if (Recipients.Find(db, row.Customer) is not { } customer)
            return null;
        // What was told before words were kept was told with the program's own texts.
        if (row.WasTold)
            return Templates.Names.Contains(row.Template) && templates.Render(row, customer) is var (title, text) ? new NoticeWords(title, text) : null;
        return templates.Render(db, row, customer, addresses) is { } rendered ? new NoticeWords(rendered.Subject, addresses.Into(rendered.Text)) { Made = Made(rendered.Key, rendered.Version) } : null;
    });

    private static string Made(TemplateKey key, long version) =>
        $"{key.Name}, {key.Language}{(key.Channel.Length > 0 ? ", " + key.Channel : "")}, {(version == 0 ? "the program’s own text" : $"version {version}")}";
}
