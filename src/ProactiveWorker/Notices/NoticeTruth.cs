using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Dues;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.ProactiveWorker.Notices;

/// <summary>Whether what a notice says is still so.</summary>
internal static class NoticeTruth
{
    /// <summary>Why a notice is no longer true; null while it is.</summary>
    public static string? Untrue(Db db, NoticeRow row)
    {
        var about = row.Subject[(row.Subject.IndexOf(':', StringComparison.Ordinal) + 1)..];
        switch (row.Status)
        {
            case "device-fault" when about.Split('/', 2) is [var device, var rule]:
                if (FaultStore.Find(db, device, rule, row.Episode) is not { ClearedAt: 0 })
                    return "it was over before it";
                return DeviceStore.Find(db, device)?.Customer == row.Customer ? null : "the device was another’s before it";
            case "all-clear" when row.Subject.StartsWith("fault:", StringComparison.Ordinal) && about.Split('/', 2) is [var device, var rule]:
                return FaultStore.FindOpen(db, device, rule) is null ? null : "it was back before it";
            case "opened" or "update" when row.Subject.StartsWith("outage:", StringComparison.Ordinal):
                return OutageStore.Find(db, Number(about)) is { State: not "Resolved" } ? null : "it was over before it";
            case "due":
                return DueStore.Find(db, Number(about)) is not { } due || due.IsSettled ? "it was done before it"
                    : DeviceStore.Find(db, due.Device)?.Customer == row.Customer ? null : "the device was another’s before it";
            default:
                return null;
        }
    }

    private static long Number(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
