using System.CommandLine;
using System.Net;
using System.Text;
using System.Text.Json;
using B2D.Host.Options;
using B2D.Storage.Devices;

namespace B2D.Host.Verbs;

/// <summary><c>b2d customers import</c> and <c>b2d devices import</c>.</summary>
internal static class ImportVerbs
{
    public static void AddTo(RootCommand root)
    {
        root.Add(Group("customers", "Customers: who owns devices and how they are reached.",
            "Columns: id,name,email,phone,language,time_zone,preferred_channel,address,postcode,place,contract,contract_until. Only id is needed; quoted CSV with a heading. Nothing is applied where a row is wrong.",
            "/api/imports/customers", (imports, csv) => imports.Customers(csv, "command line")));
        root.Add(Group("devices", "Devices: what is connected, where it hangs and whose it is.",
            "Columns: id,model,firmware,serial,parent,segment,customer,installed,warranty_until,password,thumbprint,sas_primary,sas_secondary,contract,contract_from,contract_until. Only id is needed; quoted CSV with a heading. Nothing is applied where a row is wrong.",
            "/api/imports/devices", (imports, csv) => imports.Devices(csv, "command line")));
    }

    private static Command Group(string name, string description, string columns, string path, Func<Imports, string, ImportResult> apply)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "CSV file" };
        var data = Settings.Data();
        var set = Settings.Set();
        var import = new Command("import", $"Imports {name} from a CSV file, also while B2D runs. {columns}") { file, data, set };
        import.SetAction((parsed, cancellation) => Settings.Guard(async () =>
        {
            var options = Settings.Read(parsed, Directory.GetCurrentDirectory());
            var csv = await ReadAsync(parsed.GetValue(file)!, cancellation);
            return await ApplyAsync(options, name, csv, path, apply, parsed.GetValue(file)!.Name, cancellation);
        }));
        return new Command(name, description) { import };
    }

    /// <exception cref="IOException">There is no such file, or it is not UTF-8: another encoding would be taken apart into wrong names.</exception>
    private static async Task<string> ReadAsync(FileInfo file, CancellationToken cancellation)
    {
        try
        {
            return await File.ReadAllTextAsync(file.FullName, new UTF8Encoding(false, throwOnInvalidBytes: true), cancellation);
        }
        catch (DecoderFallbackException)
        {
            throw new IOException($"{file.Name} is not UTF-8; save it as UTF-8 and import it again.");
        }
    }

    private static Task<int> ApplyAsync(InstallationOptions options, string name, string csv, string path, Func<Imports, string, ImportResult> apply, string file, CancellationToken cancellation) =>
        LocalDoor.DoAsync(
            options,
            stores =>
            {
                // The next start tells the log, after the gateway's own entry: one from a time in which nothing listened would make that time the devices' silence.
                var result = apply(new Imports(stores.State, TimeProvider.System, new SecretSeal(options.Secrets.KeyFile)), csv);
                return Say(name, result.Applied, [.. result.Problems.Select(p => Line(file, p.Line, Imports.WithoutLine(p)))]);
            },
            running => HandOverAsync(running, name, csv, path, file, cancellation));

    private static async Task<int> HandOverAsync(HttpClient running, string name, string csv, string path, string file, CancellationToken cancellation)
    {
        using var body = new StringContent(csv, Encoding.UTF8, "text/csv");
        using var answer = await running.PostAsync(path, body, cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        using var json = JsonDocument.Parse(text);
        if (answer.IsSuccessStatusCode)
            return Say(name, json.RootElement.GetProperty("applied").GetInt32(), []);
        if (answer.StatusCode == HttpStatusCode.UnprocessableEntity && json.RootElement.TryGetProperty("bad", out var bad))
            return Say(name, 0, [.. bad.EnumerateArray().Select(b => Line(file, b.GetProperty("line").GetInt32(), b.GetProperty("problem").GetString()!))]);
        Terminal.Error.WriteLine($"The running program refused the import: {(int)answer.StatusCode} {(json.RootElement.TryGetProperty("title", out var title) ? title.GetString() : text)}");
        return 1;
    }

    private static string Line(string file, int line, string problem) => $"{file}: line {line}: {problem}";

    private static int Say(string name, int applied, IReadOnlyList<string> problems)
    {
        foreach (var problem in problems)
            Terminal.Error.WriteLine(problem);
        if (problems.Count > 0)
            Terminal.Error.WriteLine($"{problems.Count} problem{(problems.Count == 1 ? "" : "s")}; nothing was imported.");
        else
            Terminal.WriteLine($"{applied} {name} imported.");
        return problems.Count > 0 ? 1 : 0;
    }
}
