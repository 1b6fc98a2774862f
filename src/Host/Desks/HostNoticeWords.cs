using B2D.Console;
using B2D.ProactiveWorker.Links;
using B2D.Storage.Notices;

namespace B2D.Host.Desks;

/// <summary>The words of notices for the pages that show what customers were told.</summary>
internal sealed class HostNoticeWords(Installation installation, ProactiveWorker.Notices.Templates templates) : INoticeWords
{
    public NoticeWords? Of(string noticeId) => installation.Stores.State.Read(db =>
    {
        if (NoticeStore.Find(db, noticeId) is not { } row || CustomerLinks.RecipientOf(db, row) is not { } customer)
            return null;
        var (title, text) = templates.Render(row, customer, installation.Worker.Links.Shown(db, row));
        return new NoticeWords(title, text);
    });
}
