using System.Data.Common;
using System.Text.Json;
using B2D.Storage;
using B2D.Storage.Access;

namespace B2D.Console.Access;

/// <summary>
/// Writes failed sign-ins into the audit: at most 20 in five minutes, so that nobody fills it; the next row says how many were left out. Never a password, and of
/// a name that is nobody's only its beginning, since people type their password into the wrong field.
/// </summary>
internal sealed class FailedSignIns(Stores stores, TimeProvider time)
{
    /// <summary>Rows in one window.</summary>
    public const int Most = 20;

    /// <summary>The window.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private const int KeptOfAName = 3;
    private readonly Lock turn = new();
    private long since;
    private int written;
    private long leftOut;

    /// <param name="user">The user's name; null where there is no such user.</param>
    /// <param name="typed">The name as it was typed.</param>
    /// <param name="why">locked, password or invitation.</param>
    public void Note(string? user, string typed, string address, string why)
    {
        if (Take() is not { } before)
            return;
        var subject = "user:" + (user ?? (typed.Length <= KeptOfAName ? typed : typed[..KeptOfAName] + "…"));
        var detail = JsonSerializer.Serialize(new { address, why, known = user is not null, leftOutBefore = before });
        try
        {
            stores.State.Write(db => AuditStore.Append(db, time.GetUtcNow().ToUnixTimeMilliseconds(), "b2d", "sign-in-failed", subject, detail));
        }
        catch (DbException)
        {
            // A full disk has an alarm of its own; whoever mistyped is told so all the same.
        }
    }

    /// <summary>How many were left out since the last row; null where this one is left out too.</summary>
    private long? Take()
    {
        lock (turn)
        {
            var now = time.GetTimestamp();
            if (written == 0 || time.GetElapsedTime(since, now) >= Window)
                (since, written) = (now, 0);
            if (written == Most)
            {
                leftOut++;
                return null;
            }
            written++;
            var before = leftOut;
            leftOut = 0;
            return before;
        }
    }
}
