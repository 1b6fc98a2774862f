using System.Text.Json;
using B2D.Core.Maintenance;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Customers;
using B2D.Storage.Maintenance;
using B2D.Storage.Notices;

namespace B2D.ProactiveWorker.Maintenance;

/// <summary>Renders what customers will read of planned work before anybody is told.</summary>
public sealed class PlannedPreview(Database state, Templates templates) : IPlannedPreview
{
    public IReadOnlyList<PlannedText> Of(long maintenance)
    {
        if (state.Read(db => MaintenanceStore.Find(db, maintenance)) is not { Felt: true, IsCalledOff: false } row)
            return [];
        var notice = new NoticeRow { Template = PlannedWords.Planned, Facts = JsonSerializer.Serialize(PlannedWords.FactsOf(row.Id, [row], Core.ServerTime.Zero)) };
        return [.. Templates.Languages.Select(language =>
        {
            var (subject, text) = templates.Render(notice, new CustomerRow { Language = language });
            return new PlannedText(language, subject, text);
        })];
    }
}
