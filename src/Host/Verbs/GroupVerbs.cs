using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Host.Options;
using B2D.Storage.Devices;

namespace B2D.Host.Verbs;

/// <summary><c>b2d groups create</c>.</summary>
internal static class GroupVerbs
{
    private const int MaxName = 80;
    private const int MaxModel = 100;

    public static void AddTo(RootCommand root)
    {
        var name = new Argument<string>("NAME") { Description = "Name of the fleet" };
        name.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string>() is not { Length: > 0 and <= MaxName })
                given.AddError($"NAME has 1 to {MaxName} characters.");
        });
        var model = new Option<string>("--model") { Description = "Model that its devices are registered with", DefaultValueFactory = _ => "" };
        model.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string>() is { Length: > MaxModel })
                given.AddError($"--model has at most {MaxModel} characters.");
        });
        var segment = new Option<string>("--segment") { Description = "Segment that they hang on", DefaultValueFactory = _ => "" };
        segment.Validators.Add(given =>
        {
            if (!Segment.TryParse(given.GetValueOrDefault<string>(), out _, out var problem))
                given.AddError($"--segment: {problem}.");
        });
        var approve = new Option<bool>("--approve") { Description = "Registers them at once; without it a person approves each" };
        var data = Settings.Data();
        var set = Settings.Set();
        var create = new Command("create", "Makes a fleet's key and prints it, this once. A device that is not registered connects with it as password, to be registered.")
        {
            name, model, segment, approve, data, set,
        };
        create.SetAction((parsed, cancellation) => Settings.Guard(async () =>
        {
            var options = Settings.Read(parsed, Directory.GetCurrentDirectory());
            Terminal.WriteLine(await CreateAsync(
                options, parsed.GetValue(name)!, parsed.GetValue(model)!, parsed.GetValue(segment)!, parsed.GetValue(approve), cancellation));
            return 0;
        }));
        root.Add(new Command("groups", "Fleets whose devices register themselves.") { create });
    }

    private static Task<string> CreateAsync(
        InstallationOptions options, string name, string model, string segment, bool approve, CancellationToken cancellation) => LocalDoor.DoAsync(
        options,
        stores => EnrolmentGate.CreateGroup(
                stores.State, new SecretSeal(options.Secrets.KeyFile), name, model, Segment.Parse(segment), approve, "command line",
                ServerTime.From(TimeProvider.System.GetUtcNow()).EpochMs)
            ?? throw new IOException($"There is a group {name} already, or there are {EnrolmentStore.MaxGroups} groups."),
        async running =>
        {
            using var answer = await running.PostAsJsonAsync("/api/groups", new { name, model, segment, approve }, cancellation);
            var said = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
            return answer.IsSuccessStatusCode
                ? said.GetProperty("key").GetString()!
                : throw new HttpRequestException($"The running program made no group: {(said.TryGetProperty("detail", out var why) ? why.GetString() : answer.ReasonPhrase)}");
        });
}
