using System.Text.Json;
using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Signals;
using B2D.FirmwareSim.Truth;

namespace B2D.FirmwareSim.Fleets;

/// <summary>
/// The part of the firmware that takes commands: <c>restart</c> (all), <c>reduce_power</c> (heat pumps, <c>percent</c> 10 to 100, default 50).
/// </summary>
internal sealed class CommandDesk(Uplink uplink, FaultInjector injector, GroundTruth truth)
{
    /// <summary>1973, epoch milliseconds: anything below is no date of a command.</summary>
    private const long FirstEpochMs = 100_000_000_000;

    public void Receive(SimulatedDevice device, string commandId, ReadOnlyMemory<byte> payload, long now)
    {
        var repeated = device.Answers.TryGetValue(commandId, out var answer);
        var name = "";
        if (!repeated)
        {
            (name, answer) = Do(device, payload, now);
            device.Answers[commandId] = answer;
        }

        truth.AddCommand(new ReceivedCommand(device.Id, commandId, name, now, repeated, answer!.Status));
        uplink.Reply(device, commandId, answer, now);
    }

    private (string Name, CommandAnswer Answer) Do(SimulatedDevice device, ReadOnlyMemory<byte> payload, long now)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("command", out var command) || command.ValueKind != JsonValueKind.String)
            {
                return ("", Failed("no command in it"));
            }

            var name = command.GetString()!;
            // The device judges by its own clock, right or wrong: it has no other. Small numbers are a duration, and it has only just begun.
            if (root.TryGetProperty("expires", out var expires) && expires.TryGetInt64(out var until)
                && until > FirstEpochMs && until < now + device.ClockOffsetMs)
            {
                return (name, Failed("expired"));
            }

            return (name, name switch
            {
                "restart" => Restart(device, now),
                "reduce_power" => ReducePower(device, root, now),
                _ => Failed($"unknown command {name}"),
            });
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return ("", Failed("not a command in JSON"));
        }
    }

    private CommandAnswer Restart(SimulatedDevice device, long now)
    {
        injector.Restart(device, now);
        return new CommandAnswer("ok", null);
    }

    private CommandAnswer ReducePower(SimulatedDevice device, JsonElement root, long now)
    {
        if (device.Signals is not HeatPumpSignals heatPump) return Failed("not supported by this product");
        var percent = 50.0;
        if (root.TryGetProperty("args", out var args) && args.ValueKind == JsonValueKind.Object && args.TryGetProperty("percent", out var given))
        {
            if (!given.TryGetDouble(out percent) || percent is < 10 or > 100) return Failed("percent must be from 10 to 100");
        }

        heatPump.PowerLimit = percent / 100;
        if (percent <= 80 && device.Active is { Kind: InjectionKind.CompressorOverheat } active) injector.End(device, active, "reduce_power", now);
        return new CommandAnswer("ok", null);
    }

    private static CommandAnswer Failed(string detail) => new("failed", detail);
}
