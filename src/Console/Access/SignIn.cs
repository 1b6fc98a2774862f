using System.Data.Common;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using B2D.Console.Shell;
using B2D.Storage;
using B2D.Storage.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Access;

/// <summary>
/// Signing in and out with a form, and by itself in the demo. The cookie names a row of the table of sign-ins; what that user may do is read anew for each
/// request, so that an ended sign-in, a lock and another role are true at once.
/// </summary>
internal sealed class SignIn(Stores stores, TimeProvider time, SignInGate gate, FailedSignIns failed, PasswordHashing hashing, ConsoleOptions options)
{
    /// <summary>Who somebody is in the demo.</summary>
    public const string DemoUser = "demo";

    /// <summary>The last use of a sign-in is written at most so often.</summary>
    private static readonly TimeSpan UseIsNoted = TimeSpan.FromMinutes(1);

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
            http.RequestServices.GetRequiredService<SignIn>().End(http.User);
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
            var demo = Principal(new UserRow { Name = DemoUser, Role = Role.Administrator.Word() }, "");
            await http.SignInAsync(Claims.CookieScheme, demo);
            http.User = demo;
        }
        await next(http);
    }

    /// <summary>Lets a request pass whose sign-in was not ended, is not too old, and is a user's who is not locked.</summary>
    public Task Recheck(CookieValidatePrincipalContext context)
    {
        var id = IdOf(context.Principal);
        if (options.AutoSignIn && id.Length == 0 && context.Principal?.Identity?.Name == DemoUser && Loopback.Is(context.HttpContext))
            return Task.CompletedTask;
        var now = Now;
        var (row, user) = stores.State.Read(db => SignInStore.Find(db, id) is { } found ? (found, UserStore.Find(db, found.Name)) : default);
        if (row is null || user is not { LockedAt: 0 } || row.SinceAt <= OldestSince(now) || row.SeenAt <= OldestSeen(now))
        {
            context.RejectPrincipal();
            return Task.CompletedTask;
        }
        if (now - row.SeenAt > UseIsNoted.TotalMilliseconds && !IsByThePage(context.Request))
            NoteUse(id, now);
        context.ReplacePrincipal(Principal(user, id));
        return Task.CompletedTask;
    }

    /// <summary>Sign-ins that began at or before this are over (epoch ms).</summary>
    public long OldestSince(long now) => now - (long)options.SignInLasts.TotalMilliseconds;

    /// <summary>Sign-ins that were used last at or before this are over (epoch ms).</summary>
    public long OldestSeen(long now) => now - (long)options.SignInIdle.TotalMilliseconds;

    /// <summary>Which sign-in it is; empty where there is none.</summary>
    public static string IdOf(ClaimsPrincipal? user) => user?.FindFirstValue(Claims.SignIn) ?? "";

    /// <summary>What an open page fetches to stay current is nobody's use of it.</summary>
    private static bool IsByThePage(HttpRequest request) => request.Path == "/events" || request.Headers.ContainsKey("X-B2D-Part");

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A disk that is full keeps nobody from reading: the use is noted the next time.</summary>
    private void NoteUse(string id, long now)
    {
        try
        {
            stores.State.Write(db => SignInStore.Seen(db, id, now));
        }
        catch (DbException)
        {
            // An alarm of its own says that the disk is full.
        }
    }

    private async Task<IResult> Try(HttpContext http, string name, string password, string back)
    {
        if (gate.Wait(http) is var wait && wait > TimeSpan.Zero)
            return Html.Page<SignInPage>(new SignInModel(back, name,
                $"Too many attempts from here. Try again in {Words.Duration(wait + TimeSpan.FromSeconds(1))}."), StatusCodes.Status429TooManyRequests);
        var user = stores.State.Read(db => UserStore.Find(db, name));
        var known = await hashing.MatchesAsync(password, user?.Hash, user?.Salt, http.RequestAborted);
        var principal = known ? Begin(http, user!) : null;
        if (principal is null)
        {
            gate.Failed(http);
            failed.Note(user?.Name, name, AddressGate.Of(http)?.ToString() ?? "", known ? "locked" : "password");
            return Html.Page<SignInPage>(new SignInModel(back, name,
                known ? "This user is locked. An administrator can change that." : "Name and password do not belong together."), StatusCodes.Status401Unauthorized);
        }
        gate.Succeeded(http);
        await http.SignInAsync(Claims.CookieScheme, principal);
        return Results.LocalRedirect(Forms.LocalOr(back, "/"));
    }

    /// <summary>Writes a new sign-in, which takes the place of the browser's one before; null where the user was locked or got another password meanwhile.</summary>
    /// <param name="user">As they were when they showed who they are.</param>
    public ClaimsPrincipal? Begin(HttpContext http, UserRow user)
    {
        var (now, address, before) = (Now, AddressGate.Of(http)?.ToString() ?? "", IdOf(http.User));
        var row = new SignInRow { Id = RandomNumberGenerator.GetHexString(32, lowercase: true), Name = user.Name, SinceAt = now, SeenAt = now, Address = address };
        return stores.State.Write(db =>
        {
            if (UserStore.Find(db, user.Name) is not { LockedAt: 0 } current || !current.Hash.AsSpan().SequenceEqual(user.Hash) || current.Subject != user.Subject)
                return null;
            SignInStore.Prune(db, OldestSince(now), OldestSeen(now));
            SignInStore.End(db, user.Name, before);
            SignInStore.Add(db, row);
            UserStore.SignedIn(db, user.Name, now);
            AuditStore.Append(db, now, user.Name, "signed-in", "user:" + user.Name, JsonSerializer.Serialize(new { address }));
            return Principal(current, row.Id);
        });
    }

    private void End(ClaimsPrincipal user)
    {
        if (IdOf(user) is not { Length: > 0 } id || user.Identity?.Name is not { } name)
            return;
        stores.State.Write(db =>
        {
            if (SignInStore.End(db, name, id))
                AuditStore.Append(db, Now, name, "signed-out", "user:" + name);
        });
    }

    private static ClaimsPrincipal Principal(UserRow user, string id) => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.Name, user.Name), new Claim(ClaimTypes.Role, (Roles.Of(user.Role) ?? Role.Viewer).Word()), new Claim(Claims.SignIn, id),
            .. Sights.ClaimsOf(user.Queues, user.Segments)], Claims.CookieScheme));
}
