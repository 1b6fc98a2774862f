namespace B2D.Simulation.People;

/// <summary>What customers want to hear, by a plain reading of everything that was said: of a class, for all channels or for one, what was said last counts; a file never
/// counts against what the customer said of the class themselves.</summary>
internal static class Wishes
{
    /// <summary>Notices that are owed: to who was told before, or was promised them.</summary>
    private static readonly string[] Owed = ["all-clear", "left", "update", "word", "no-news", "moved", "called-off", "late", "call-back"];

    public static bool IsOwed(string status) => Owed.Contains(status);

    /// <summary>What was said last that counts for a channel; null: nothing.</summary>
    public static Wish? Last(DeedBook book, string customer, string noticeClass, string channel, long at)
    {
        Wish? last = null;
        var bySelf = false;
        // A file says the same every night.
        var imported = new Dictionary<string, bool?>(StringComparer.Ordinal);
        foreach (var wish in book.Wishes.Where(w => w.Customer == customer && w.Class == noticeClass && w.At <= at))
        {
            if (wish.Source == "import" && (bySelf || imported.GetValueOrDefault(wish.Channel) == wish.Wants))
                continue;
            if (wish.Source == "import")
                imported[wish.Channel] = wish.Wants;
            bySelf |= wish.Source == "customer";
            if (wish.Channel.Length > 0 && wish.Channel != channel)
                continue;
            // Of two things said at once the more exact one counts.
            if (last is null || last.At < wish.At || last.Channel.Length <= wish.Channel.Length)
                last = wish;
        }
        return last;
    }

    /// <summary>Whether a customer may be told something of a class by a channel.</summary>
    public static bool May(DeedBook book, string customer, string noticeClass, string status, string channel, long at) =>
        noticeClass is "safety" or "answer" || (IsOwed(status) && status != "update") || (Last(book, customer, noticeClass, channel, at)?.Wants ?? noticeClass is "service" or "case" or "usage");
}
