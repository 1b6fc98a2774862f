using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace B2D.Console.Lists;

/// <summary>What one page of a list shows; the address holds all of it.</summary>
public sealed record ListRequest(string Path, FilterText Filter, int Page, int Rows)
{
    /// <summary>Last page that is shown, so that nobody makes the database count to the end of time.</summary>
    public const int MaxPage = 10_000;

    public int Offset => (Page - 1) * Rows;

    /// <summary>Reads <c>?q=…&amp;page=…</c>; without q the list's own <paramref name="usual"/> filter stands.</summary>
    public static ListRequest Of(HttpRequest request, string usual, int rows = 50)
    {
        var q = request.Query.ContainsKey("q") ? request.Query["q"].ToString() : usual;
        var page = int.TryParse(request.Query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out var p) ? Math.Clamp(p, 1, MaxPage) : 1;
        return new ListRequest(request.Path.Value ?? "/", FilterText.Parse(q), page, rows);
    }

    /// <summary>The address of another page of the same list.</summary>
    public string Address(int page) => string.Create(CultureInfo.InvariantCulture, $"{Path}?q={Uri.EscapeDataString(Filter.Text)}&page={page}");

    /// <summary>The address of the same list under another filter.</summary>
    public static string Address(string path, string filter) => $"{path}?q={Uri.EscapeDataString(filter)}";
}

/// <summary>One page of rows, how many there are in all, and what of the filter was not understood.</summary>
public sealed record ListPage<T>(ListRequest Request, IReadOnlyList<T> Rows, long Total, IReadOnlyList<string> Problems)
{
    public int Pages => (int)Math.Clamp((Total + Request.Rows - 1) / Request.Rows, 1, ListRequest.MaxPage);
}

/// <summary>A filter with a name, one press away.</summary>
public sealed record SavedView(string Name, string Filter);
