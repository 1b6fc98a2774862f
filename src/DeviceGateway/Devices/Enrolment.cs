using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using B2D.Core.Devices;
using B2D.Mqtt;
using B2D.Storage;
using B2D.Storage.Devices;
using Microsoft.Extensions.Logging;

namespace B2D.DeviceGateway.Devices;

/// <summary>
/// Lets devices that nobody has registered ask to be, with the key of their fleet: user name is the id that the device wants, password the fleet's key (as it was
/// given out, base64), or better a shared-access-signature token signed with the key that was derived for the device, HMAC-SHA256(fleet's key, device id), so that
/// a device that is opened gives away nothing but itself. Who is accepted connects to fetch a password of its own from <c>devices/{id}/credential</c>; once it has
/// arrived, the fleet's key is worth nothing to that device.
/// </summary>
internal sealed class Enrolment(Database state, DeviceDirectory devices, SecretSeal seal, int mostWaiting, Action<Device> registered, ILogger logger)
{
    /// <summary>What a device may publish while it fetches its credential; nothing comes of it.</summary>
    public const string RegisterTopic = "$b2d/register";

    private readonly ConcurrentDictionary<DeviceId, byte> approved = new();
    private readonly ConcurrentDictionary<MqttLink, Fetch> fetching = new();
    private volatile KnownGroups groups = new([]);

    /// <summary>Where a device's credential comes.</summary>
    public static string TopicOf(DeviceId device) => $"devices/{device}/credential";

    /// <summary>Reads groups and approved devices again.</summary>
    public void Refresh()
    {
        groups = new([.. state.Read(EnrolmentStore.Groups)]);
        for (var rows = Next(0); rows.Count > 0; rows = Next(rows[^1].Id))
        {
            foreach (var row in rows)
                approved.TryAdd(DeviceId.Parse(row.Device), 0);
        }

        IReadOnlyList<EnrolmentRow> Next(long after) => state.Read(db => EnrolmentStore.List(db, EnrolmentState.Approved, 1_000, after));
    }

    /// <summary>A token that no device's own key has signed; null where no fleet's key has either.</summary>
    public SignInResult? Check(DeviceId id, SasToken token, SignInRequest request, DateTimeOffset now) =>
        Check(id, key => token.IsSignedBy(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(id.Value))), request, now);

    /// <summary>A password that is not the device's own; null where it is no fleet's key.</summary>
    public SignInResult? Check(DeviceId id, ReadOnlyMemory<byte> password, SignInRequest request, DateTimeOffset now)
    {
        var given = SHA256.HashData(password.Span);
        return Check(
            id, key => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.ASCII.GetBytes(Convert.ToBase64String(key))), given), request, now);
    }

    /// <summary>The device signed in with a credential of its own: that has arrived, and nothing else lets it in from now on.</summary>
    public void SignedIn(DeviceId id, DateTimeOffset now)
    {
        if (approved.TryRemove(id, out _))
            state.Write(db => EnrolmentStore.Issued(db, id.Value, now.ToUnixTimeMilliseconds()));
    }

    /// <summary>A device has connected to fetch its credential.</summary>
    public void Connected(MqttLink link) => fetching.TryAdd(link, new Fetch());

    /// <summary>It is gone.</summary>
    public void Disconnected(MqttLink link) => fetching.TryRemove(link, out _);

    /// <summary>
    /// The device has acknowledged its credential, and is sent away to come again with it. One that was sent to an earlier connection and came late has been
    /// replaced.
    /// </summary>
    public void Delivered(MqttLink link, DateTimeOffset now)
    {
        if (!fetching.ContainsKey(link))
            return;
        SignedIn(link.Device, now);
        link.SendAway();
    }

    /// <summary>Sends credentials to those that have subscribed by now. Called about every 500 ms.</summary>
    public void Tick(DateTimeOffset now)
    {
        foreach (var (link, fetch) in fetching)
        {
            // Made when there is somebody to take it; each is sent to one connection, once.
            if (fetch.IsSent || !link.Awaits(TopicOf(link.Device)))
                continue;
            if (fetch.Password is null && !Issue(link, fetch, now))
                link.SendAway();
            else
                fetch.IsSent = link.SendCredential(
                    TopicOf(link.Device), JsonSerializer.SerializeToUtf8Bytes(new { user = link.Device.Value, password = fetch.Password }));
        }
    }

    private bool Issue(MqttLink link, Fetch fetch, DateTimeOffset now)
    {
        fetch.Password = EnrolmentGate.Issue(state, link.Device, now.ToUnixTimeMilliseconds());
        if (fetch.Password is null)
            return false;
        devices.Refresh(state, [link.Device]);
        return true;
    }

    private SignInResult? Check(DeviceId id, Func<byte[], bool> isRight, SignInRequest request, DateTimeOffset now)
    {
        var all = groups.Rows;
        if (all.IsEmpty || Fleet(all, isRight) is not { } group)
            return null;
        var row = state.Read(db => EnrolmentStore.Find(db, id.Value));
        // Registered in another way, or long since: it has, or gets, something of its own.
        if (row is null && devices.Find(id) is not null)
            return null;
        if (row is null)
            return Ask(id, group, request, now);
        return row.Fleet != group.Name || row.State == EnrolmentState.Issued ? null
            : new SignInResult(row.State == EnrolmentState.Approved ? SignInAnswer.Enrolling : SignInAnswer.Waiting, id);
    }

    private SignInResult Ask(DeviceId id, EnrolmentGroupRow group, SignInRequest request, DateTimeOffset now)
    {
        var device = EnrolmentGate.Ask(state, id, group, request.Address?.ToString() ?? "", mostWaiting, now.ToUnixTimeMilliseconds(), out var full);
        if (full)
            Log.EnrolmentsFull(logger, id.Value, group.Name, mostWaiting);
        else
            Log.Asked(logger, id.Value, group.Name, device is not null);
        if (device is null)
            return new SignInResult(SignInAnswer.Waiting, id);
        approved.TryAdd(id, 0);
        devices.Refresh(state, [id]);
        registered(device);
        return new SignInResult(SignInAnswer.Enrolling, id);
    }

    private EnrolmentGroupRow? Fleet(ImmutableArray<EnrolmentGroupRow> all, Func<byte[], bool> isRight)
    {
        EnrolmentGroupRow? found = null;
        foreach (var group in all)
        {
            try
            {
                if (isRight(seal.Open(group.Sealed, EnrolmentStore.PurposeOf(group.Name))))
                    found = group;
            }
            catch (StorageException e)
            {
                Log.FleetUnreadable(logger, group.Name, e.Message);
            }
        }
        return found;
    }

    /// <summary>How far a connection has come; only the tick changes it.</summary>
    private sealed class Fetch
    {
        public string? Password { get; set; }

        public bool IsSent { get; set; }
    }

    private sealed record KnownGroups(ImmutableArray<EnrolmentGroupRow> Rows);
}
