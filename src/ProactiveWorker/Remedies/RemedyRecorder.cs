using System.Text;
using System.Text.Json;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Remedies;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Faults;
using B2D.Storage.Outbox;
using B2D.Storage.Remedies;

namespace B2D.ProactiveWorker.Remedies;

/// <summary>Keeps commands and their verdicts; the dispatcher carries them.</summary>
public sealed class RemedyRecorder
{
    /// <summary>A rule wants a command sent: it is written with its outbox row, so that it is neither lost nor sent for a decision that was rolled back.</summary>
    public void OnWanted(Db db, LaneEffect.CommandWanted e)
    {
        var remedy = e.Rule.Remedy!;
        var fresh = CommandStore.Put(db, new CommandRow
        {
            Id = e.CommandId,
            Device = e.Device.Value,
            Name = remedy.Command,
            Args = ArgsJson(remedy),
            RequestedBy = $"rule {e.Rule.Id}",
            Rule = e.Rule.Id,
            Episode = e.Episode.ToString(),
            Reason = e.Rule.Title,
            CreatedAt = e.At.EpochMs,
            ExpiresAt = e.ExpiresAt.EpochMs,
        });
        if (!fresh)
            return;
        FaultStore.SetRemedyState(db, e.Device.Value, e.Rule.Id, e.Episode.ToString(), nameof(RemedyPhase.Queued));
        OutboxStore.Put(db, new OutboxRow { EffectId = e.EffectId, Kind = CommandDispatch.OutboxKind, Subject = e.CommandId, DueAt = e.At.EpochMs, CreatedAt = e.At.EpochMs });
    }

    /// <summary>A remedy came further or has its verdict.</summary>
    public void OnChanged(Db db, LaneEffect.RemedyChanged e)
    {
        FaultStore.SetRemedyState(db, e.Device.Value, e.Rule, e.Episode.ToString(), e.Phase.ToString());
        Move(db, e.Device, e.CommandId, e.Phase, "", e.At.EpochMs);
        var fault = FaultStore.Find(db, e.Device.Value, e.Rule, e.Episode.ToString());
        if (e.Phase == RemedyPhase.Verified)
        {
            HealStore.Add(db, new HealRow
            {
                Device = e.Device.Value,
                Rule = e.Rule,
                Episode = e.Episode.ToString(),
                CommandId = e.CommandId,
                At = e.At.EpochMs,
                Customer = fault?.Customer ?? "",
            });
        }
        TimelineStore.Add(db, new TimelineRow
        {
            Subject = fault is { CaseId: > 0 } ? $"case:{fault.CaseId}" : $"device:{e.Device}",
            At = e.At.EpochMs,
            Kind = "remedy",
            Text = Words(e.Phase),
            Who = "B2D",
            Detail = JsonSerializer.Serialize(new { command = e.CommandId, phase = e.Phase.ToString(), reason = e.Reason.ToString() }),
            EffectId = e.EffectId,
        });
    }

    /// <summary>A command that a person asked for came further.</summary>
    public static void OnProgress(Db db, LaneEffect.CommandProgress e) => Move(db, e.Device, e.CommandId, e.Phase, e.Detail, e.At.EpochMs);

    private static void Move(Db db, DeviceId device, string commandId, RemedyPhase phase, string detail, long now)
    {
        // Whoever guesses another device's command says nothing about it.
        if (CommandStore.Find(db, commandId) is not { } row || row.Device != device.Value)
            return;
        var state = phase.ToString();
        if (row.State == state || IsEnd(row.State))
            return;
        CommandStore.Update(db, row with
        {
            State = state,
            DeliveredAt = phase == RemedyPhase.Delivered ? now : row.DeliveredAt,
            AnsweredAt = phase is RemedyPhase.Answered or RemedyPhase.Failed ? now : row.AnsweredAt,
            Answer = detail.Length > 0 ? detail : row.Answer,
            VerdictAt = IsEnd(state) ? now : row.VerdictAt,
        }, row.State);
    }

    private static bool IsEnd(string state) => state is "Verified" or "NotVerified" or "Failed" or "Expired" or "Stopped";

    private static string Words(RemedyPhase phase) => phase switch
    {
        RemedyPhase.Delivered => "The command reached the device",
        RemedyPhase.Answered => "The device says that it did it",
        RemedyPhase.Verified => "Telemetry shows that the remedy worked",
        RemedyPhase.NotVerified => "Telemetry does not show that the remedy worked",
        RemedyPhase.Failed => "The device says that the remedy failed",
        RemedyPhase.Expired => "The command did not reach the device in time",
        _ => phase.ToString(),
    };

    private static string ArgsJson(RemedyRule remedy)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach (var (name, value) in remedy.Args)
            {
                switch (value.Kind)
                {
                    case ValueKind.Number:
                        json.WriteNumber(name, value.Number);
                        break;
                    case ValueKind.Bool:
                        json.WriteBoolean(name, value.IsTrue);
                        break;
                    default:
                        json.WriteString(name, value.Text);
                        break;
                }
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
