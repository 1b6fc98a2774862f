using B2D.Console.Access;
using B2D.Console.Shell;
using B2D.Storage;
using B2D.Storage.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Users;

/// <summary>One's own account: <paramref name="User"/> is null for who was signed in by itself; <paramref name="Here"/>: the sign-in of this browser.</summary>
public sealed record AccountModel(UserRow? User, Role Role, IReadOnlyList<SignInRow> SignIns, string Here);

/// <summary>A password that is to be chosen. <paramref name="Problem"/>: why the last attempt failed; empty for none.</summary>
public sealed record InvitationModel(string Token, string Name, string Problem);

/// <summary>One's own page, where the password is changed and sign-ins end; and the one where an invited user chooses a password.</summary>
internal static class AccountPages
{
    public static void Map(IEndpointRouteBuilder open, IEndpointRouteBuilder read)
    {
        read.MapGet("/account", Account).ExcludeFromDescription();
        read.MapForm("/account/password", ChangePassword);
        read.MapForm("/account/sign-ins", EndSignIns);
        open.MapGet("/invitation/{token}", (string token, UserDesk desk) => desk.InvitedBy(token) is { } name
            ? Html.Page<InvitationPage>(new InvitationModel(token, name, "")) : Gone()).ExcludeFromDescription().AllowAnonymous();
        open.MapForm("/invitation", Accept).AllowAnonymous();
    }

    private static IResult Account(HttpContext http, Stores stores, SignIn signIns, View view)
    {
        var (user, all) = stores.State.Read(db => (UserStore.Find(db, view.User), SignInStore.OfUser(db, view.User)));
        var live = all.Where(s => s.SinceAt > signIns.OldestSince(view.Now) && s.SeenAt > signIns.OldestSeen(view.Now));
        return Html.Page<AccountPage>(new AccountModel(user, Roles.Of(http.User) ?? Role.Viewer, [.. live], SignIn.IdOf(http.User)));
    }

    private static async Task<IResult> ChangePassword(HttpContext http, IFormCollection form)
    {
        var services = http.RequestServices;
        var (gate, hashing) = (services.GetRequiredService<SignInGate>(), services.GetRequiredService<PasswordHashing>());
        var name = http.User.Identity?.Name ?? "";
        if (Flaw(form, name) is { Length: > 0 } flaw)
            return Forms.Back(http, "/account", "Nothing was changed. " + flaw, bad: true);
        if (gate.Wait(http) > TimeSpan.Zero)
            return Forms.Back(http, "/account", "Nothing was changed: too many attempts from here. Try again in a few minutes.", bad: true);
        var user = services.GetRequiredService<Stores>().State.Read(db => UserStore.Find(db, name));
        if (!await hashing.MatchesAsync(form["current"].ToString(), user?.Hash, user?.Salt, http.RequestAborted))
        {
            gate.Failed(http);
            services.GetRequiredService<FailedSignIns>().Note(user?.Name, name, AddressGate.Of(http)?.ToString() ?? "", "password");
            return Forms.Back(http, "/account", "Nothing was changed: that is not your password.", bad: true);
        }
        var made = await hashing.MakeAsync(form["password"].ToString(), http.RequestAborted);
        return services.GetRequiredService<UserDesk>().ChangeOwn(name, made, SignIn.IdOf(http.User))
            ? Forms.Back(http, "/account", "Your password is changed. You are signed out everywhere else.")
            : Forms.Back(http, "/account", "Nothing was changed.", bad: true);
    }

    private static IResult EndSignIns(HttpContext http, IFormCollection form)
    {
        var (id, here) = (form.Text("id", 40), SignIn.IdOf(http.User));
        var ended = http.RequestServices.GetRequiredService<UserDesk>().EndOwn(http.User.Identity?.Name ?? "", id, here);
        return ended == 0 ? Forms.Back(http, "/account", "Nothing was ended: you are not signed in there any more.", bad: true)
            : id.Length > 0 && id == here ? Results.LocalRedirect("/signin")
            : Forms.Back(http, "/account", ended == 1 ? "You are signed out there." : $"You are signed out in {ended} other browsers.");
    }

    private static async Task<IResult> Accept(HttpContext http, IFormCollection form)
    {
        var services = http.RequestServices;
        var gate = services.GetRequiredService<SignInGate>();
        var (desk, token) = (services.GetRequiredService<UserDesk>(), form.Text("token", 101));
        if (gate.Wait(http) > TimeSpan.Zero)
            return Html.Page<Problem>(new ProblemModel("Too many attempts from here", "Try again in a few minutes."), StatusCodes.Status429TooManyRequests);
        if (desk.InvitedBy(token) is not { } name)
        {
            gate.Failed(http);
            return Gone();
        }
        if (Flaw(form, name) is { Length: > 0 } flaw)
            return Html.Page<InvitationPage>(new InvitationModel(token, name, flaw), StatusCodes.Status422UnprocessableEntity);
        var made = await services.GetRequiredService<PasswordHashing>().MakeAsync(form["password"].ToString(), http.RequestAborted);
        return desk.Accept(token, made) is null ? Gone() : Forms.Back(http, "/signin", $"Your password is set. Sign in as {name}.");
    }

    private static string Flaw(IFormCollection form, string name) =>
        form["password"] != form["again"] ? "The two new passwords differ." : Passwords.FlawOf(form["password"].ToString(), name);

    private static IResult Gone() => Html.Page<Problem>(
        new ProblemModel("This link is not good any more", "It is good once, for a day. Ask an administrator for another.") { Back = "/signin" }, StatusCodes.Status404NotFound);
}
