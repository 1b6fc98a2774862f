using System.Globalization;
using System.Text;

namespace B2D.FirmwareSim.Fleets;

/// <summary>A town as the two files the product imports.</summary>
public static class ImportFiles
{
    /// <summary>customers.csv: <c>id,name,email,phone,language,time_zone,preferred_channel,address,place</c>.</summary>
    public static string Customers(Town town) => Table(
        "id,name,email,phone,language,time_zone,preferred_channel,address,place",
        town.Customers.Select(c => new[] { c.Id, c.Name, c.Email, c.Phone, c.Language, c.TimeZone, c.PreferredChannel, c.Address, c.Place }));

    /// <summary>devices.csv: <c>id,model,firmware,serial,parent,segment,customer,installed,warranty_until,password</c>. Passwords are in clear.</summary>
    public static string Devices(Town town) => Table(
        "id,model,firmware,serial,parent,segment,customer,installed,warranty_until,password",
        town.Devices.Select(d => new[]
        {
            d.Id, d.Model, d.Firmware, d.Serial, d.Parent ?? "", d.Segment ?? "", d.CustomerId ?? "",
            d.Installed.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), d.WarrantyUntil.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), d.Password,
        }));

    /// <summary>Writes both into a folder, which is made if need be. Existing files are replaced.</summary>
    public static void Write(Town town, string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "customers.csv"), Customers(town));
        File.WriteAllText(Path.Combine(folder, "devices.csv"), Devices(town));
    }

    private static string Table(string header, IEnumerable<string[]> rows)
    {
        var text = new StringBuilder(header).Append('\n');
        foreach (var row in rows) text.AppendJoin(',', row.Select(Quoted)).Append('\n');
        return text.ToString();
    }

    private static string Quoted(string cell) => cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
