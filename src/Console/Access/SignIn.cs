using System.Security.Claims;
using System.Security.Cryptography;
using B2D.Console.Shell;
using B2D.Storage;
using B2D.Storage.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Access;

/// <summary>Signing in and out with a form, and by itself in the demo.</summary>
internal sealed class SignIn(Stores stores, TimeProvider time, SignInGate gate, ConsoleOptions options) : IDisposable
{
    /// <summary>Who somebody is in the demo.</summary>
    public const string DemoUser = "demo";

    private const int MaxPassword = 200;

    // Hashing takes a good part of a second of one core: a flood of attempts must not take them all.
    private readonly SemaphoreSlim hashing = new(2);

    public static void Map(IEndpointRouteBuilder routes, IEndpointRouteBuilder read)
    {
        routes.MapGet("/signin", (HttpContext http) => http.User.Identity?.IsAuthenticated == true
            ? Results.LocalRedirect(Forms.LocalOr(http.Request.Query["back"], "/"))
            : Html.Page<SignInPage>(new SignInModel(http.Request.Query["back"].ToString(), "", ""))).ExcludeFromDescription().AllowAnonymous();
        routes.MapForm("/signin", async (http, form) =>
            await http.RequestServices.GetRequiredService<SignIn>().Try(http, form.Text("name", 100), form["password"].ToString(), form.Text("back")))
                .AllowAnonymous();
        read.MapForm("/signout", async (http, _) =>
        {
            await http.SignOutAsync(Claims.CookieScheme);
            return Results.LocalRedirect("/signin");
        });
    }

    /// <summary>Signs in whoever opens a page on this machine, where the options say so.</summary>
    public async Task ByItself(HttpContext http, RequestDelegate next)
    {
        if (options.AutoSignIn && http.User.Identity?.IsAuthenticated != true && HttpMethods.IsGet(http.Request.Method)
            && !http.Request.Path.StartsWithSegments("/api") && !http.Request.Path.StartsWithSegments("/signin") && Loopback.Is(http))
        {
            var demo = Principal(DemoUser, Claims.Administrator, "");
            await http.SignInAsync(Claims.CookieScheme, demo);
            http.User = demo;
        }
        await next(http);
    }

    /// <summary>Ends sign-ins of users who are gone or have another password now.</summary>
    public Task Recheck(CookieValidatePrincipalContext context)
    {
        var name = context.Principal?.Identity?.Name ?? "";
        var stamp = context.Principal?.FindFirstValue(Claims.Stamp) ?? "";
        var good = options.AutoSignIn && stamp.Length == 0 && name == DemoUser && Loopback.Is(context.HttpContext);
        if (!good)
        {
            var user = stores.State.Read(db => UserStore.Find(db, name));
            good = user is not null && stamp.Length > 0 && Stamp(user) == stamp;
        }
        if (!good)
            context.RejectPrincipal();
        return Task.CompletedTask;
    }

    public void Dispose() => hashing.Dispose();

    private async Task<IResult> Try(HttpContext http, string name, string password, string back)
    {
        var address = http.Connection.RemoteIpAddress;
        if (gate.Wait(address) is var wait && wait > TimeSpan.Zero)
            return Html.Page<SignInPage>(new SignInModel(back, name,
                $"Too many attempts from here. Try again in {Words.Duration(wait + TimeSpan.FromSeconds(1))}."), StatusCodes.Status429TooManyRequests);
        var user = stores.State.Read(db => UserStore.Find(db, name));
        if (!await Matches(user, password, http.RequestAborted) || user is null)
        {
            gate.Failed(address);
            return Html.Page<SignInPage>(new SignInModel(back, name, "Name and password do not belong together."), StatusCodes.Status401Unauthorized);
        }
        gate.Succeeded(address);
        var now = time.GetUtcNow();
        stores.State.Write(db => AuditStore.Append(db, now.ToUnixTimeMilliseconds(), user.Name, "signed-in", "user:" + user.Name));
        await http.SignInAsync(Claims.CookieScheme, Principal(user.Name, user.Role, Stamp(user)));
        return Results.LocalRedirect(Forms.LocalOr(back, "/"));
    }

    private async Task<bool> Matches(UserRow? user, string password, CancellationToken stop)
    {
        if (password.Length is 0 or > MaxPassword)
            return false;
        await hashing.WaitAsync(stop);
        try
        {
            // An unknown name takes as long as a wrong password, so that names cannot be found out.
            return Passwords.Matches(password, user?.Hash ?? [], user?.Salt ?? new byte[16]);
        }
        finally
        {
            hashing.Release();
        }
    }

    private static ClaimsPrincipal Principal(string name, string role, string stamp) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.Name, name),
            new Claim(ClaimTypes.Role, role),
            new Claim(Claims.Scope, role == Claims.Administrator ? Claims.Write : Claims.Read),
            new Claim(Claims.Stamp, stamp),
        ],
        Claims.CookieScheme));

    private static string Stamp(UserRow user) => Convert.ToHexStringLower(SHA256.HashData([.. user.Hash, .. user.Salt]))[..16];
}
