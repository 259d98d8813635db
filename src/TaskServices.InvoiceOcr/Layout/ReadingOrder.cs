using TaskServices.InvoiceOcr.Reading;

namespace TaskServices.InvoiceOcr.Layout;

/// <summary>Orders lines as people read an invoice: row by row, each row from left to right.</summary>
internal static class ReadingOrder
{
    public static IReadOnlyList<TextLine> Sort(IEnumerable<TextLine> lines) => [.. Rows(lines, line => line.Box).SelectMany(row => row)];

    /// <summary>Groups what stands side by side: two boxes share a row where the middle of each lies between top and bottom of the other.</summary>
    public static List<List<T>> Rows<T>(IEnumerable<T> items, Func<T, PixelBox> boxOf)
    {
        var rows = new List<List<T>>();
        foreach (var item in items.OrderBy(item => boxOf(item).CenterY))
        {
            // A high neighbour must not draw rows together: the nearest item of the row decides.
            var row = rows.LastOrDefault();
            if (row is not null && Shares(boxOf(row.MinBy(other => Distance(boxOf(other), boxOf(item)))!), boxOf(item)))
            {
                row.Add(item);
            }
            else
            {
                rows.Add([item]);
            }
        }

        rows.ForEach(row => row.Sort((a, b) => boxOf(a).Left.CompareTo(boxOf(b).Left)));
        return rows;
    }

    private static float Distance(PixelBox a, PixelBox b) => Math.Max(0, -a.OverlapX(b)) + Math.Abs(a.CenterY - b.CenterY);

    private static bool Shares(PixelBox a, PixelBox b) =>
        a.CenterY > b.Top && a.CenterY < b.Bottom && b.CenterY > a.Top && b.CenterY < a.Bottom && a.OverlapX(b) < 0.5f * Math.Min(a.Width, b.Width);
}
