namespace B2D.Interop.Programs;

/// <summary>One heat pump, its owner and one rule over a fault code: as small as an installation can be.</summary>
internal static class Pump
{
    public const string Id = "HP-1";

    public const string Password = "correct horse battery";

    public const string Set = """{"code":"E42","state":"set"}""";

    public const string Clear = """{"code":"E42","state":"clear"}""";

    /// <summary>The rule; a quiet second resolves its case, so that the all-clear comes soon.</summary>
    public const string Rule =
        """
        - fault: pump-blocked
          title: Pump blocked
          codes: [ E42 ]
          severity: high
          catalog:
            cause: dirt in the circulation pump
            response: Call the owner and send a technician with pump kit P-88
            customer: The heat pump gives no heat until the pump turns again.
            self_help: You can switch on the emergency heater in the menu under Service.
          case: { family: pump, queue: heating, priority: P2, resolve_after: 1s }
          notice: { template: device-fault, to: owner }
        """;

    /// <summary>An installation with that pump.</summary>
    /// <param name="owner">Row of the owner after its id: <c>name,email,phone,language,time_zone,preferred_channel</c>.</param>
    /// <param name="asShipped"><see cref="B2dProgram.AsShipped"/>.</param>
    public static async Task<B2dProgram> InstallAsync(string owner = "Ana Lima,ana@example.org,,en,Europe/Lisbon,email", bool asShipped = false)
    {
        var b2d = new B2dProgram { AsShipped = asShipped };
        // At whatever time of the day the test runs.
        b2d.Set.Add("Notices:QuietHours=none");
        b2d.Rule("pump.yaml", Rule);
        await b2d.ImportAsync("customers", $"id,name,email,phone,language,time_zone,preferred_channel\nana,{owner}\n");
        await b2d.ImportAsync("devices", $"id,model,customer,password\n{Id},HP-9,ana,{Password}\n");
        await b2d.MakeKeyAsync();
        return b2d;
    }

    /// <summary>Publishes an event as the pump.</summary>
    public static Task<Ended> SayAsync(this B2dProgram b2d, string @event) => b2d.PublishAsync(Id, Password, $"devices/{Id}/events", @event);

    /// <summary>The pump's cases.</summary>
    public static async Task<IReadOnlyList<System.Text.Json.JsonElement>> CasesAsync(this B2dProgram b2d) => await b2d.Api.ListAsync($"/api/cases?device={Id}");
}
