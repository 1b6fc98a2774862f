using System.Security.Cryptography;
using System.Text.Json;
using B2D.Core;
using B2D.Core.Webhooks;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Alarms;
using B2D.Storage.Devices;
using B2D.Storage.Webhooks;

namespace B2D.ProactiveWorker.Webhooks;

/// <summary>Lets other systems in on what happens. Secrets are made here, shown once and kept sealed; each act has its line in the audit, without them.</summary>
public sealed class WebhookDesk(Database state, SecretSeal seal, TimeProvider time) : IWebhookDesk
{
    private const int SecretBytes = 32;

    private ServerTime Now => ServerTime.From(time.GetUtcNow());

    public ReceiverOutcome Add(ReceiverWords words, string who)
    {
        if (words.Refusal() is { Length: > 0 } refusal)
            return new ReceiverOutcome(new ActOutcome.Rejected(refusal));
        return state.Write(db =>
        {
            if (WebhookStore.List(db).Count >= ReceiverWords.MaxReceivers)
                return new ReceiverOutcome(new ActOutcome.Rejected($"there are {ReceiverWords.MaxReceivers} receivers already"));
            var id = WebhookStore.Add(db, new ReceiverRow { Name = words.Name.Trim(), Url = words.Url, Events = Events(words), CreatedAt = Now.EpochMs });
            var secret = SetSecret(db, WebhookStore.Find(db, id)!);
            Note(db, who, "webhooks.add", id, words);
            return new ReceiverOutcome(new ActOutcome.Done((int)WebhookStore.Find(db, id)!.Version), id, secret);
        });
    }

    public ActOutcome Change(long id, int version, ReceiverWords words, string who)
    {
        if (words.Refusal() is { Length: > 0 } refusal)
            return new ActOutcome.Rejected(refusal);
        return Do(id, version, (db, row) =>
        {
            WebhookStore.Update(db, row with { Name = words.Name.Trim(), Url = words.Url, Events = Events(words) });
            Note(db, who, "webhooks.change", id, words);
            return "";
        });
    }

    public ActOutcome Act(long id, int version, ReceiverAct act, string who) => Do(id, version, (db, row) =>
    {
        var now = Now;
        switch (act)
        {
            case ReceiverAct.Pause when row.State == "Paused":
                return "it is paused already";
            case ReceiverAct.Pause:
                WebhookStore.Update(db, row with { State = "Paused", Reason = $"{who} paused it" });
                break;
            case ReceiverAct.Resume when row.State == "On":
                return "it is not paused";
            case ReceiverAct.Resume:
                WebhookStore.Update(db, row with { State = "On", Reason = "", Failures = 0, NextAt = 0 });
                OwnAlarmStore.Clear(db, WebhookLoop.AlarmOf(id), now.EpochMs);
                break;
            case ReceiverAct.Test when row.State == "Paused":
                return "it is paused: resume it first";
            case ReceiverAct.Remove:
                WebhookStore.Remove(db, id);
                OwnAlarmStore.Clear(db, WebhookLoop.AlarmOf(id), now.EpochMs);
                break;
        }
        var line = AuditStore.Append(db, now.EpochMs, who, "webhooks." + act.ToString().ToLowerInvariant(), $"webhook:{id}", JsonSerializer.Serialize(new { row.Name }));
        if (act == ReceiverAct.Test)
            WebhookStore.OfferTo(db, id, WebhookEvents.Test, $"test:{line}", $"test/{line}", JsonSerializer.Serialize(new { receiver = row.Name, who }));
        return "";
    });

    public ReceiverOutcome NewSecret(long id, int version, string who)
    {
        var secret = "";
        var outcome = Do(id, version, (db, row) =>
        {
            secret = SetSecret(db, row);
            AuditStore.Append(db, Now.EpochMs, who, "webhooks.secret", $"webhook:{id}", JsonSerializer.Serialize(new { row.Name }));
            return "";
        });
        return new ReceiverOutcome(outcome, id, secret);
    }

    public ActOutcome Resend(long receiver, long delivery, string who) => state.Write<ActOutcome>(db =>
    {
        if (WebhookStore.FindDelivery(db, delivery) is not { } row || row.Receiver != receiver)
            return new ActOutcome.Unknown();
        if (row.State == "Waiting")
            return new ActOutcome.Rejected("it is on its way");
        WebhookStore.Mark(db, delivery, "Waiting", 0, 0, 0, "");
        AuditStore.Append(db, Now.EpochMs, who, "webhooks.resend", $"webhook:{receiver}", JsonSerializer.Serialize(new { message = row.MessageId }));
        return new ActOutcome.Done(0);
    });

    private ActOutcome Do(long id, int version, Func<Db, ReceiverRow, string> act) => state.Write<ActOutcome>(db =>
    {
        if (WebhookStore.Find(db, id) is not { } row)
            return new ActOutcome.Unknown();
        if (row.Version != version)
            return new ActOutcome.Conflict((int)row.Version, "somebody else changed it in the meantime");
        return act(db, row) is { Length: > 0 } refusal ? new ActOutcome.Rejected(refusal) : new ActOutcome.Done((int)(WebhookStore.Find(db, id)?.Version ?? 0));
    });

    private string SetSecret(Db db, ReceiverRow row)
    {
        var secret = RandomNumberGenerator.GetBytes(SecretBytes);
        WebhookStore.Update(db, row with { Secret = seal.Seal(secret, WebhookLoop.PurposeOf(row.Id)) });
        return "whsec_" + Convert.ToBase64String(secret);
    }

    private void Note(Db db, string who, string action, long id, ReceiverWords words) =>
        AuditStore.Append(db, Now.EpochMs, who, action, $"webhook:{id}", JsonSerializer.Serialize(new { words.Name, host = new Uri(words.Url).Host, events = words.Events }));

    private static string Events(ReceiverWords words) => $" {string.Join(' ', words.Events.Distinct().Order(StringComparer.Ordinal))} ";
}
