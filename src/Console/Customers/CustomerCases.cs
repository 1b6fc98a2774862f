using System.Globalization;
using B2D.Core.Devices;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Devices;

namespace B2D.Console.Customers;

/// <summary>
/// What a customer is given of cases: of one that came to them with a device nothing that people said, told or promised before, and of one that went on with a device what was said while it was theirs.
/// </summary>
internal static class CustomerCases
{
    /// <summary>The rows of cases that are theirs, without what people wrote on them in an earlier owner's time.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, object?>> Rows(Db db, string customer, IReadOnlyList<IReadOnlyDictionary<string, object?>> cases) =>
        [.. cases.Select(c => Owners.Of(db, customer, c).WentOver ? Without(c, c["rule"] is "" ? ["waiting_for", "title", "summary"] : ["waiting_for"]) : c)];

    /// <summary>The lines of their cases, oldest first of each, also of those that went over to the next owner.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, object?>> Lines(Db db, string customer, IReadOnlyList<IReadOnlyDictionary<string, object?>> cases)
    {
        var theirs = cases.SelectMany(c => Lines(db, customer, Number(c["id"]), Owners.Of(db, customer, c)));
        var gone = TimelineStore.GoneFrom(db, customer).Where(id => cases.All(c => Number(c["id"]) != id)).SelectMany(id => Lines(db, customer, id, Owners.OfGone(db, id)));
        return [.. theirs.Concat(gone)];
    }

    private static IEnumerable<IReadOnlyDictionary<string, object?>> Lines(Db db, string customer, long id, Owners owners) =>
        TimelineStore.Every(db, string.Create(CultureInfo.InvariantCulture, $"case:{id}"))
            .Where(l => owners.Then(l) is var then && (then == customer || !owners.IsGone) && Ownership.Gives(customer, l.ToSaid(), then, l.Who, l.Kind))
            .Select(l => (IReadOnlyDictionary<string, object?>)new Dictionary<string, object?> { ["case_id"] = id, ["at"] = l.At, ["kind"] = l.Kind, ["text"] = l.Text, ["who"] = l.Who });

    private static Dictionary<string, object?> Without(IReadOnlyDictionary<string, object?> row, string[] columns) =>
        row.Where(c => !columns.Contains(c.Key)).ToDictionary(c => c.Key, c => c.Value);

    private static long Number(object? value) => Convert.ToInt64(value, CultureInfo.InvariantCulture);

    /// <summary>Whose a case was when.</summary>
    /// <param name="Customer">Whose it is.</param>
    /// <param name="Changes">As <see cref="TimelineStore.OwnersOf"/>.</param>
    /// <param name="Since">Where no line says that it went over and its device did: when (epoch ms); else 0.</param>
    /// <param name="IsGone">It is another's now.</param>
    private sealed record Owners(string Customer, IReadOnlyList<(long Line, string From)> Changes, long Since, bool IsGone)
    {
        public bool WentOver => Since > 0 || Changes.Any(c => c.From != Customer);

        public static Owners Of(Db db, string customer, IReadOnlyDictionary<string, object?> row)
        {
            var changes = TimelineStore.OwnersOf(db, Number(row["id"]));
            var device = changes.Count == 0 ? DeviceStore.Find(db, (string)row["device"]!) : null;
            var wentOver = device is not null && Ownership.Of(customer, Number(row["opened_at"]), device.Customer, device.OwnerSince) == OwnerTime.WentOver;
            return new Owners(customer, changes, wentOver ? device!.OwnerSince : 0, IsGone: false);
        }

        public static Owners OfGone(Db db, long id) => new("", TimelineStore.OwnersOf(db, id), 0, IsGone: true);

        public string Then(TimelineRow line) => line.At < Since ? "" : Ownership.At(line.Id, Changes, Customer);
    }
}
