using System.Text.Json;
using B2D.Core;
using B2D.Core.Outages;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Customers;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.ProactiveWorker.Outages;

/// <summary>Renders the news of an outage before they leave, as somebody reads them who heard all that was told before.</summary>
public sealed class OutagePreview(Database state, NoticePlanner planner, Templates templates, UpdateCadence cadence) : IOutagePreview
{
    public IReadOnlyList<OutageText> News(long outage) =>
        state.Read(db => OutageStore.Find(db, outage) is { NewsAt: > 0, State: not "Resolved" } row ? (IReadOnlyList<OutageText>)[.. Templates.Languages.SelectMany(language => In(db, row, language))] : []);

    private IEnumerable<OutageText> In(Db db, OutageRow row, string language)
    {
        var next = row.ChosenUpdateAt > row.NewsAt ? row.ChosenUpdateAt : cadence.Next(new ServerTime(row.BeganAt), new ServerTime(row.NewsAt)).EpochMs;
        var facts = JsonSerializer.Serialize(planner.NewsOf(db, row) with { NextUpdate = next });
        if (templates.Render(db, new NoticeRow { Template = "outage-update", Channel = "sms", Facts = facts }, new CustomerRow { Language = language }) is { } words)
            yield return new OutageText(language, words.Subject, words.Text);
    }
}
