using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using B2D.Core.Devices;
using B2D.Storage.Access;

namespace B2D.Storage.Devices;

/// <summary>What people decide about enrolment, each in one transaction with its line of the audit.</summary>
public static class EnrolmentGate
{
    private const int KeyBytes = 32;

    /// <summary>Makes a group and its key.</summary>
    /// <returns>The key in base64, to be shown this once; null where there is a group of that name, or as many as there may be.</returns>
    public static string? CreateGroup(Database state, SecretSeal seal, string name, string model, Segment segment, bool byPolicy, string who, long now)
    {
        var key = RandomNumberGenerator.GetBytes(KeyBytes);
        var row = new EnrolmentGroupRow
        {
            Name = name,
            Model = model,
            Segment = segment.Path,
            ByPolicy = byPolicy,
            Sealed = seal.Seal(key, EnrolmentStore.PurposeOf(name)),
            CreatedAt = now,
            CreatedBy = who,
        };
        return state.Write(db =>
        {
            if (!EnrolmentStore.AddGroup(db, row))
                return null;
            AuditStore.Append(db, now, who, "groups.create", name, JsonSerializer.Serialize(new { model, segment = segment.Path, approve = byPolicy }));
            return Convert.ToBase64String(key);
        });
    }

    /// <summary>Takes a group away; false where there is none of that name.</summary>
    public static bool RemoveGroup(Database state, string name, string who, long now) => state.Write(db =>
    {
        if (!EnrolmentStore.RemoveGroup(db, name))
            return false;
        AuditStore.Append(db, now, who, "groups.remove", name);
        return true;
    });

    /// <summary>Approves (the device is registered as its group says) or rejects.</summary>
    /// <returns>The device that is registered now; null where it was rejected, or there was nothing to decide (see <paramref name="problem"/>).</returns>
    /// <param name="problem">Why nothing was done; empty where it was.</param>
    public static Device? Decide(Database state, long id, bool approve, string who, long now, out string problem)
    {
        var (device, said) = state.Write(db =>
        {
            if (EnrolmentStore.Find(db, id) is not { } row)
                return (null, "There is no such enrolment.");
            if (row.State != EnrolmentState.Waiting)
                return (null, $"It is {row.State} already.");
            if (!approve)
            {
                EnrolmentStore.Decide(db, id, EnrolmentState.Rejected, who, now);
                AuditStore.Append(db, now, who, "enrolments.reject", row.Device, Detail(row));
                return ((Device?)null, "");
            }
            if (EnrolmentStore.Groups(db).FirstOrDefault(g => g.Name == row.Fleet) is not { } group)
                return (null, $"Its group {row.Fleet} is gone; reject it.");
            if (DeviceStore.Find(db, row.Device) is not null)
                return (null, $"{row.Device} was registered otherwise meanwhile; reject it.");
            EnrolmentStore.Decide(db, id, EnrolmentState.Approved, who, now);
            AuditStore.Append(db, now, who, "enrolments.approve", row.Device, Detail(row));
            return (Register(db, row.Device, group, now), "");
        });
        problem = said;
        return device;
    }

    /// <summary>A device with the group's key asks for the first time.</summary>
    /// <returns>The device that is registered now, where the group needs no approval; null where it waits.</returns>
    /// <param name="full">As many wait as may; nothing was written.</param>
    public static Device? Ask(Database state, DeviceId id, EnrolmentGroupRow group, string from, int mostWaiting, long now, out bool full)
    {
        var (device, refused) = state.Write(db =>
        {
            // Two connections of one device at once: the first has asked.
            if (EnrolmentStore.Find(db, id.Value) is not null || DeviceStore.Find(db, id.Value) is not null)
                return ((Device?)null, false);
            if (!group.ByPolicy && EnrolmentStore.Count(db, EnrolmentState.Waiting) >= mostWaiting)
                return ((Device?)null, true);
            var row = new EnrolmentRow
            {
                Device = id.Value,
                Fleet = group.Name,
                State = group.ByPolicy ? EnrolmentState.Approved : EnrolmentState.Waiting,
                AskedAt = now,
                AskedFrom = from,
                DecidedAt = group.ByPolicy ? now : 0,
                DecidedBy = group.ByPolicy ? "policy" : "",
            };
            EnrolmentStore.Add(db, row);
            AuditStore.Append(db, now, $"fleet {group.Name}", group.ByPolicy ? "enrolments.accept" : "enrolments.ask", id.Value, Detail(row));
            return (group.ByPolicy ? Register(db, id.Value, group, now) : null, false);
        });
        full = refused;
        return device;
    }

    /// <summary>Gives an approved device a credential of its own, which replaces any that was sent before and may have been lost.</summary>
    /// <returns>The password, to be sent this once; null where it is not approved any more.</returns>
    public static string? Issue(Database state, DeviceId id, long now)
    {
        var password = DeviceSecrets.Make();
        return state.Write(db =>
        {
            if (EnrolmentStore.Find(db, id.Value) is not { State: EnrolmentState.Approved }
                || !DeviceStore.SetSecret(db, id.Value, DeviceSecrets.Hash(Encoding.UTF8.GetBytes(password), SecretHashing.Sha256), now))
                return null;
            AuditStore.Append(db, now, "gateway", "enrolments.issue", id.Value);
            return password;
        });
    }

    private static Device Register(Db db, string id, EnrolmentGroupRow group, long now)
    {
        var device = new Device(DeviceId.Parse(id)) { Model = group.Model, Segment = Segment.Parse(group.Segment) };
        DeviceStore.Put(db, device, now);
        return device;
    }

    private static string Detail(EnrolmentRow row) => JsonSerializer.Serialize(new { fleet = row.Fleet, from = row.AskedFrom });
}
