using System.Text.Json;
using B2D.Core;
using B2D.Core.Notices;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Notices;

namespace B2D.ProactiveWorker.Notices;

/// <summary>Writes down which letters were printed: the ledger and the audit in one transaction.</summary>
public sealed class LetterDesk(Database state, TimeProvider time) : ILetterDesk
{
    public ActOutcome Printed(IReadOnlyCollection<string> notices, string who) => state.Write<ActOutcome>(db =>
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var printed = notices.Take(Page.MaxRows).Where(id => NoticeStore.Find(db, id) is { Channel: "letter", State: nameof(NoticePhase.Calling) } && NoticeStore.Mark(db, id, nameof(NoticePhase.Sent), sentAt: now, attempts: 1)).ToArray();
        if (printed.Length == 0)
            return new ActOutcome.Rejected("none of these letters is to be printed any more");
        AuditStore.Append(db, now, who, "letters.printed", "letters", JsonSerializer.Serialize(new { notices = printed }));
        return new ActOutcome.Done(printed.Length);
    });
}
