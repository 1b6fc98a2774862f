using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using B2D.Console.Access;
using B2D.Core;
using B2D.Core.Access;
using B2D.Core.Cases;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;

namespace B2D.Console.Users;

/// <summary>What lets a user in, in clear this once: the token of an invitation, good until then, or a password.</summary>
public sealed record Admission(string Secret, ServerTime? Until);

/// <summary>What came of an act; <paramref name="Admission"/> where it made one.</summary>
public sealed record UserOutcome(ActOutcome Outcome, Admission? Admission = null)
{
    /// <summary>Open cases that went back to their queues with it.</summary>
    public int GivenBack { get; init; }
}

/// <summary>Where users are added and changed. Each change is in the audit in the same transaction, without any secret.</summary>
public sealed partial class UserDesk(Stores stores, TimeProvider time, ICaseDesk? cases = null)
{
    /// <summary>Most users of one installation.</summary>
    public const int MostUsers = 1000;

    /// <summary>How long an invitation is good.</summary>
    public static readonly TimeSpan InvitationLasts = TimeSpan.FromDays(1);

    /// <summary>Names that the audit has for others than users.</summary>
    private static readonly string[] Taken = ["b2d", "demo", "gateway", "worker", "nobody", "me"];

    /// <summary>Why a name cannot be a user's, in a sentence; empty where it can.</summary>
    public static string FlawOf(string name) =>
        !NameRegex().IsMatch(name) ? "a user's name has 2 to 40 small letters, digits and . _ - @, and begins and ends with a letter or digit"
        : Taken.Contains(name) ? $"“{name}” is a name that B2D has for something else"
        : "";

    /// <summary>Adds a user, by invitation or with a random password.</summary>
    public UserOutcome Add(string name, Role role, bool byPassword, string who)
    {
        if (FlawOf(name) is { Length: > 0 } flaw)
            return new(new ActOutcome.Rejected(flaw));
        var way = Way.Of(byPassword);
        return stores.State.Write(db =>
        {
            var now = Now;
            if (UserStore.Count(db) >= MostUsers)
                return new UserOutcome(new ActOutcome.Rejected($"there are {MostUsers} users already"));
            if (!UserStore.Add(db, new UserRow { Name = name, Role = role.Word(), CreatedAt = now.EpochMs }))
                return new UserOutcome(new ActOutcome.Conflict(0, $"there is a user {name} already."));
            Audit(db, now, who, "users.add", name, new { role = role.Word(), by = way.Name });
            return new UserOutcome(new ActOutcome.Done(0), way.Give(db, name, now));
        });
    }

    /// <summary>Does it as <paramref name="who"/>.</summary>
    public UserOutcome Act(string name, UserAct act, string who)
    {
        ArgumentNullException.ThrowIfNull(act);
        Way? way = act is UserAct.Invite or UserAct.NewPassword ? Way.Of(act is UserAct.NewPassword) : null;
        var outcome = stores.State.Write(db =>
        {
            var now = Now;
            if (UserStore.Find(db, name) is not { } user)
                return new UserOutcome(new ActOutcome.Unknown());
            if (act.RefusalOf(user, UserStore.CountAble(db, Role.Administrator.Word()), who) is { Length: > 0 } refusal)
                return new UserOutcome(new ActOutcome.Rejected(refusal));
            switch (act)
            {
                case UserAct.SetRole set:
                    UserStore.SetRole(db, name, set.Role.Word());
                    Audit(db, now, who, "users.role", name, new { from = user.Role, to = set.Role.Word() });
                    break;
                case UserAct.See see:
                    UserStore.SetSight(db, name, see.Sight);
                    Audit(db, now, who, "users.see", name, new { from = Sight.Of(user.Queues, user.Segments).ToString(), to = see.Sight.ToString() });
                    break;
                case UserAct.Lock:
                    UserStore.SetLocked(db, name, now.EpochMs);
                    InvitationStore.Remove(db, name);
                    Audit(db, now, who, "users.lock", name, new { });
                    break;
                case UserAct.Unlock:
                    UserStore.SetLocked(db, name, 0);
                    Audit(db, now, who, "users.unlock", name, new { });
                    break;
                case UserAct.Link:
                    UserStore.SetPassword(db, name, [], []);
                    Audit(db, now, who, "users.password", name, new { by = "OpenID Connect" });
                    break;
                case UserAct.EndSignIns:
                    Audit(db, now, who, "users.end-sign-ins", name, new { ended = SignInStore.EndAll(db, name) });
                    break;
                default:
                    Audit(db, now, who, "users.password", name, new { by = way!.Name });
                    break;
            }
            return new UserOutcome(new ActOutcome.Done(0), way?.Give(db, name, now));
        });
        // Also where that had been done before, and a crash or somebody else's change left a case with them.
        if (act is not (UserAct.Lock or UserAct.SetRole { Role: Role.Viewer }) || outcome.Outcome is ActOutcome.Unknown || GiveBack(name, who) is not (> 0 and var given))
            return outcome;
        return outcome with { Outcome = new ActOutcome.Done(0), GivenBack = given };
    }

    /// <summary>What somebody had who cannot work on it any more is nobody's, so that it is seen. How many it were.</summary>
    private int GiveBack(string name, string who)
    {
        var given = 0;
        if (cases is null || stores.State.Read(db => UserStore.Find(db, name)) is not { } user || user is { LockedAt: 0, Role: not "viewer" })
            return given;
        while (true)
        {
            var theirs = stores.State.Read(db => CaseStore.List(db, new CaseFilter { Assignee = name, States = CaseStore.OpenStates, Limit = Page.MaxRows }));
            var now = theirs.Count(c => cases.Act(c.Id, (int)c.Version, new CaseAct.Assign(""), who) is ActOutcome.Done);
            given += now;
            if (theirs.Count < Page.MaxRows || now == 0)
                return given;
        }
    }

    /// <summary>Whose invitation a token is, while it is good; null for none.</summary>
    public string? InvitedBy(string token) => stores.State.Read(db => Invited(db, token, Now));

    /// <summary>Sets the password that an invited user chose; the invitation is used up. Null where it was not good any more.</summary>
    internal string? Accept(string token, (byte[] Hash, byte[] Salt) password) => stores.State.Write(db =>
    {
        var now = Now;
        if (Invited(db, token, now) is not { } name)
            return null;
        UserStore.SetPassword(db, name, password.Hash, password.Salt);
        Audit(db, now, name, "users.password", name, new { by = "invitation" });
        return name;
    });

    /// <summary>Sets the password that a user chose, who stays signed in where they are; false where they are locked or gone.</summary>
    /// <param name="keep">The sign-in that goes on; the others end.</param>
    internal bool ChangeOwn(string name, (byte[] Hash, byte[] Salt) password, string keep) => stores.State.Write(db =>
    {
        if (UserStore.Find(db, name) is not { LockedAt: 0 })
            return false;
        UserStore.SetPassword(db, name, password.Hash, password.Salt, keep);
        Audit(db, Now, name, "users.password", name, new { by = "themselves" });
        return true;
    });

    /// <summary>Ends one of a user's own sign-ins, or all but one.</summary>
    /// <param name="id">Empty: all.</param>
    internal int EndOwn(string name, string id, string keep) => stores.State.Write(db =>
    {
        var ended = id.Length > 0 ? SignInStore.End(db, name, id) ? 1 : 0 : SignInStore.EndAll(db, name, keep);
        if (ended > 0)
            Audit(db, Now, name, "users.end-sign-ins", name, new { ended });
        return ended;
    });

    /// <summary>
    /// The user whom the organisation's own sign-in vouches for, or why nobody signs in, in a sentence. Only who has no password here, and no invitation to choose one,
    /// becomes that person; who has become one stays it.
    /// </summary>
    /// <param name="subject">Who they are there.</param>
    /// <param name="role">What they may do, where it says so: then users are added, and get that role, by themselves.</param>
    internal (UserRow? User, string Refusal) Vouched(string name, string subject, Role? role) => stores.State.Write<(UserRow?, string)>(db =>
    {
        const string Who = "OpenID Connect";
        var now = Now;
        if (UserStore.Find(db, name) is not { } user)
        {
            if (role is null)
                return (null, $"there is no user “{name}” here; an administrator adds one");
            if (FlawOf(name) is { Length: > 0 } flaw)
                return (null, flaw);
            if (UserStore.Count(db) >= MostUsers)
                return (null, $"there are {MostUsers} users already");
            user = new UserRow { Name = name, Role = role.Value.Word(), CreatedAt = now.EpochMs };
            UserStore.Add(db, user);
            Audit(db, now, Who, "users.add", name, new { role = user.Role, by = Who });
        }
        if (user.LockedAt > 0)
            return (null, "this user is locked; an administrator can change that");
        if (user.Hash.Length > 0 || InvitationStore.Has(db, name))
            return (null, $"“{name}” has a password here; an administrator can change that");
        if (user.Subject.Length > 0 && user.Subject != subject)
            return (null, $"“{name}” is somebody else; an administrator can change that");
        if (user.Subject.Length == 0)
        {
            UserStore.SetSubject(db, name, subject);
            Audit(db, now, Who, "users.link", name, new { });
        }
        if (role is { } given && new UserAct.SetRole(given).RefusalOf(user with { Subject = subject }, UserStore.CountAble(db, Role.Administrator.Word()), Who).Length == 0)
        {
            UserStore.SetRole(db, name, given.Word());
            Audit(db, now, Who, "users.role", name, new { from = user.Role, to = given.Word() });
        }
        return (UserStore.Find(db, name), "");
    });

    private ServerTime Now => ServerTime.From(time.GetUtcNow());

    private static string? Invited(Db db, string token, ServerTime now) =>
        token.Length is > 0 and <= 100 && InvitationStore.Find(db, Way.HashOf(token), now.EpochMs) is { } row && UserStore.Find(db, row.Name) is { LockedAt: 0 }
            ? row.Name : null;

    private static void Audit(Db db, ServerTime now, string who, string action, string name, object detail) =>
        AuditStore.Append(db, now.EpochMs, who, action, "user:" + name, JsonSerializer.Serialize(detail));

    [GeneratedRegex("^[a-z0-9](?:[a-z0-9._@-]{0,38}[a-z0-9])\\z")]
    private static partial Regex NameRegex();

    /// <summary>How a user comes to a password. Hashing takes long, so a way is made before the transaction.</summary>
    private sealed record Way(string Name, string Secret, byte[] Hash, byte[] Salt)
    {
        public static Way Of(bool byPassword)
        {
            if (!byPassword)
                return new Way("invitation", Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)), [], []);
            var password = Passwords.Random();
            var (hash, salt) = Passwords.Make(password);
            return new Way("random password", password, hash, salt);
        }

        public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

        public Admission Give(Db db, string name, ServerTime now)
        {
            UserStore.SetPassword(db, name, Hash, Salt);
            if (Hash.Length > 0)
                return new Admission(Secret, null);
            var until = new ServerTime(now.EpochMs + (long)InvitationLasts.TotalMilliseconds);
            InvitationStore.Put(db, new InvitationRow { Name = name, Hash = HashOf(Secret), UntilAt = until.EpochMs });
            return new Admission(Secret, until);
        }
    }
}
