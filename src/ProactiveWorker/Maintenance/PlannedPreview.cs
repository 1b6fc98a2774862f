using System.Text.Json;
using B2D.Core.Maintenance;
using B2D.Core.Notices;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Customers;
using B2D.Storage.Maintenance;
using B2D.Storage.Notices;

namespace B2D.ProactiveWorker.Maintenance;

/// <summary>Renders what customers will read of planned work before anybody is told, with the texts that are live at this moment.</summary>
public sealed class PlannedPreview(Database state, Templates templates) : IPlannedPreview
{
    private static readonly string[] Channels = [nameof(Channel.Email).ToLowerInvariant(), nameof(Channel.Sms).ToLowerInvariant()];

    public IReadOnlyList<PlannedText> Of(long maintenance) => state.Read(db => MaintenanceStore.Find(db, maintenance) is { Felt: true, IsCalledOff: false } row
        ? (IReadOnlyList<PlannedText>)[.. Templates.Languages.SelectMany(language => In(db, row, language))] : []);

    /// <summary>One text where all channels have the same, else one for each.</summary>
    private List<PlannedText> In(Db db, MaintenanceRow row, string language)
    {
        var facts = JsonSerializer.Serialize(PlannedWords.FactsOf(row.Id, [row], Core.ServerTime.Zero));
        var texts = new List<PlannedText>();
        foreach (var channel in Channels)
        {
            if (templates.Render(db, new NoticeRow { Template = PlannedWords.Planned, Channel = channel, Facts = facts }, new CustomerRow { Language = language }) is { } words)
                texts.Add(new PlannedText(language, channel, words.Subject, words.Text));
        }
        return texts.Select(t => (t.Subject, t.Text)).Distinct().Count() == 1 ? [texts[0] with { Channel = "" }] : texts;
    }
}
