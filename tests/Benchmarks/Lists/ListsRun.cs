using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using B2D.Benchmarks.Ingest;

namespace B2D.Benchmarks.Lists;

/// <summary>
/// How long every list and page of the console takes with 100,000 devices and 50,000 cases: the real program over HTTP, one request after the other. Aim: 95 of 100
/// below 300 ms for each.
/// </summary>
internal static class ListsRun
{
    private const double AimMs = 300;

    /// <param name="arguments">Requests of each address (40); a folder to keep the data in and to use again.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var requests = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 40;
        var folder = arguments.Length > 1 ? Directory.CreateDirectory(arguments[1]).FullName : Directory.CreateTempSubdirectory("b2d-lists-").FullName;
        try
        {
            return await MeasureAsync(folder, requests);
        }
        finally
        {
            if (arguments.Length < 2)
                Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> MeasureAsync(string folder, int requests)
    {
        var (data, keyFile) = (Path.Combine(folder, "data"), Path.Combine(folder, "key"));
        if (!File.Exists(keyFile))
        {
            await File.WriteAllTextAsync(keyFile, ListsFill.Fill(data));
            // So that the script runs it as it is.
            await File.WriteAllTextAsync(Path.Combine(data, ".set-up"), "");
        }
        await using var b2d = await Measured.B2dAsync(data, null);
        using var http = new HttpClient { BaseAddress = new Uri(b2d.Url), Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await File.ReadAllTextAsync(keyFile));
        Console.WriteLine($"{"ms:",6} {"p50",7} {"p95",7} {"max",7}  address");
        var slow = 0;
        foreach (var address in Addresses())
        {
            var (times, status) = await TimesAsync(http, address, requests);
            var p95 = times[(int)(times.Count * 0.95)];
            slow += p95 > AimMs || status >= 400 ? 1 : 0;
            Console.WriteLine(FormattableString.Invariant($"{(p95 > AimMs ? "SLOW" : status >= 400 ? $"{status}" : ""),6} {times[times.Count / 2],7:0.0} {p95,7:0.0} {times[^1],7:0.0}  {address(0)}"));
        }
        Console.WriteLine(slow == 0 ? $"All within {AimMs} ms at p95." : $"{slow} addresses are slower than {AimMs} ms at p95, or refused.");
        return slow == 0 ? 0 : 1;
    }

    private static async Task<(List<double> Times, int Status)> TimesAsync(HttpClient http, Func<int, string> address, int requests)
    {
        var (times, status) = (new List<double>(), 0);
        for (var i = 0; i < requests; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            using var answer = await http.GetAsync(new Uri(address(i), UriKind.Relative));
            _ = await answer.Content.ReadAsByteArrayAsync();
            status = Math.Max(status, (int)answer.StatusCode);
            // The first is not measured: it is compiled meanwhile.
            if (i > 0)
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }
        times.Sort();
        return (times, status);
    }

    /// <summary>Every list with its views and with text, far pages, every page of one thing, and the search; the number makes each request another one.</summary>
    private static IEnumerable<Func<int, string>> Addresses()
    {
        foreach (var address in (string[])
        [
            "/", "/status", "/cases", "/cases?q=", "/cases?q=&page=190", "/cases?q=state:open&page=90", "/cases?q=state:open assignee:nobody", "/cases?q=state:open late:yes", "/cases?q=state:open sort:due",
            "/cases?q=state:open class:safety", "/cases?q=state:waiting", "/cases?q=state:done", "/cases?q=state:open queue:heating", "/cases?q=pump", "/cases?q=impeller hum", "/cases?q=state:open blocked",
            "/cases?q=ferreira bonfim", "/cases?q=nothingofthekind", "/cases?q=device:*12*", "/cases?q=model:HP-*", "/cases?q=segment:north/n3", "/queues", "/contacts", "/contacts?q=repeated:yes",
            "/contacts?q=depot", "/contacts?q=zzz", "/views", "/outages", "/outages?q=state:resolved", "/defects", "/maintenance", "/held", "/devices", "/devices?q=&page=190", "/devices?q=is:faulty", "/devices?q=is:healthy", "/devices?q=is:offline",
            "/devices?q=is:unheard", "/devices?q=is:online", "/devices?q=is:maintained", "/devices?q=hp-0012", "/devices?q=ferreira porto", "/devices?q=nothingofthekind", "/devices?q=device:*777*", "/devices?q=segment:north/n3", "/devices?q=firmware:4.2.1",
            "/dues", "/dues?q=", "/dues?q=state:overdue", "/dues?q=ferreira", "/dues?q=zzz", "/notices", "/notices?q=&page=190", "/notices?q=state:failed,retrying", "/notices?q=state:waiting", "/notices?q=ferreira", "/notices?q=zzz", "/notices?q=status:all-clear",
            "/notices?q=channel:email template:out*", "/rules", "/rule-files", "/rule-history", "/stop", "/audit", "/audit?q=zzz", "/users", "/keys", "/account",
            "/search?q=porto", "/search?q=4300", "/search?q=sn00", "/search?q=pump", "/search?q=zzz", "/search?q=91 200",
            "/api/cases?state=open", "/api/cases?q=pump", "/api/devices?q=is:faulty", "/api/devices?limit=200", "/api/customers?q=ferreira", "/api/customers?phone=*123*", "/api/notices?limit=200", "/api/faults?state=open", "/api/faults?q=zzz", "/api/commands?q=zzz", "/api/dues",
            "/api/contacts", "/api/queues", "/api/outages", "/api/held", "/api/audit", "/api/search?q=ana ferreira",
        ])
            yield return _ => address.Replace(" ", "%20", StringComparison.Ordinal);
        yield return i => $"/cases/{ListsFill.Cases - (i * 37)}";
        yield return i => $"/cases/{1 + (i * 911)}";
        yield return _ => $"/outages/{ListsFill.Outages}";
        yield return i => $"/outages/{1 + i}";
        yield return i => $"/devices/{ListsFill.DeviceOf(i * 997)}";
        yield return i => $"/customers/{ListsFill.CustomerOf(i * 997)}";
        yield return i => $"/search?q={Uri.EscapeDataString(ListsFill.PhoneOf(i * 997))}";
        yield return i => $"/api/search?q={Uri.EscapeDataString(ListsFill.PhoneOf(i * 997)[4..].Replace(" ", "", StringComparison.Ordinal))}";
        yield return i => $"/api/cases/{ListsFill.Cases - (i * 37)}";
    }
}
