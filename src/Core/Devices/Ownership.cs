namespace B2D.Core.Devices;

/// <summary>Whose something on a case is, where its device may have been another's.</summary>
public enum OwnerTime : byte
{
    /// <summary>The device was theirs all along, or it is not known otherwise.</summary>
    Theirs = 1,

    /// <summary>The case is theirs, and began in the time of an owner before.</summary>
    WentOver = 2,

    /// <summary>The case was an earlier owner's, and stayed that.</summary>
    Before = 3,
}

/// <summary>Where one owner's time ends and the next one's begins: nothing personal of the first is told to the second, or shown to whoever talks to them.</summary>
public static class Ownership
{
    /// <summary>Whose a case is.</summary>
    /// <param name="caseCustomer">Whose it is by its row.</param>
    /// <param name="openedAt">When it began to be worked on (epoch ms).</param>
    /// <param name="owner">Whose the device is now; empty: nobody's, or it is not registered.</param>
    /// <param name="ownerSince">Since when (epoch ms); 0: as far back as is known.</param>
    public static OwnerTime Of(string caseCustomer, long openedAt, string owner, long ownerSince) =>
        ownerSince == 0 || openedAt >= ownerSince ? OwnerTime.Theirs : caseCustomer == owner ? OwnerTime.WentOver : OwnerTime.Before;

    /// <summary>Whether a line of a case that went over may be shown with it: what the machine noted, and what came after the device changed hands.</summary>
    /// <param name="kind">The line's kind.</param>
    public static bool ShowsLine(OwnerTime time, long ownerSince, long at, string who, string kind) =>
        time != OwnerTime.WentOver || at >= ownerSince || IsNoted(who, kind);

    /// <summary>Whose a case was when a line of its timeline was written; empty: nobody's.</summary>
    /// <param name="line">The line's number.</param>
    /// <param name="changes">The lines that say that it went over, with whose it was until then, oldest first.</param>
    /// <param name="customer">Whose it is now.</param>
    public static string At(long line, IReadOnlyList<(long Line, string From)> changes, string customer)
    {
        foreach (var (change, from) in changes)
        {
            if (line < change)
                return from;
        }
        return customer;
    }

    /// <summary>Whether a line of a case of theirs is given to a customer: what somebody said to themselves alone, else what is of their time, and what the machine noted.</summary>
    /// <param name="said">Whose words the line has; empty: it names nobody.</param>
    /// <param name="then">Whose the case was when it was written.</param>
    public static bool Gives(string customer, string said, string then, string who, string kind) =>
        said.Length > 0 ? said == customer : then == customer || IsNoted(who, kind);

    private static bool IsNoted(string who, string kind) => who is "B2D" or "" && kind is not ("contact" or "write" or "asked");
}
