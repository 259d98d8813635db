using TaskServices.InvoiceOcr.Normalization;
using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Extraction;

/// <summary>
/// Builds line items from rows between the table's head (or a receipt's first price) and its totals. The rightmost money of a row is its amount; a
/// pair of numbers whose product it is are quantity and price. Rows of text alone belong to the item above, or to the one below before the first.
/// </summary>
internal sealed class LineItemsReader(DocumentView view, List<MoneyLabel> labels, string? currency)
{
    private const decimal Cent = 0.02m;

    private static readonly LabelKind[] Ends = [LabelKind.GrossTotal, LabelKind.NetTotal, LabelKind.LineSum, LabelKind.AmountDue, LabelKind.TaxTotal, LabelKind.Cash];

    public void Read(InvoiceRecord record)
    {
        var head = Enumerable.Range(0, view.Rows.Count).FirstOrDefault(index => MoneyLabels.IsTableHeader(view, view.Rows[index]), -1);
        var start = head >= 0 ? head + 1 : FirstPrice();
        var pending = new List<Segment>();
        InvoiceLine? open = null;
        Row? openRow = null;
        for (var index = start; index >= 0 && index < view.Rows.Count; index++)
        {
            var row = view.Rows[index];
            if (labels.Exists(label => label.Row == index && label.Kind == LabelKind.CarryOver))
            {
                record.Lines.Add(new InvoiceLine { RowKind = RowKind.CarriedForward, AmountNet = MoneyLabels.AmountsIn(view, row).LastOrDefault() is { } carried ? MoneyLeaf.Of(view, carried, currency, 0.7) : null });
                continue;
            }

            if (MoneyLabels.IsTableHeader(view, row))
            {
                pending.Clear();
                continue;
            }

            if (labels.Exists(label => label.Row == index && Ends.Contains(label.Kind) && label.IsBeside))
            {
                break;
            }

            var amounts = MoneyLabels.AmountsIn(view, row).Where(amount => amount.IsMoney || amount.Reading.DecimalCount > 0 || amount.Text.Length <= 5).OrderBy(amount => amount.Box.Left).ToList();
            if (amounts.LastOrDefault(amount => amount.IsMoney) is { } total)
            {
                open = Item(row, amounts, total, pending);
                openRow = row;
                pending.Clear();
                record.Lines.Add(open);
            }
            else if (head >= 0 && open is not null && openRow is not null && row.Box.Top - openRow.Box.Bottom < 1.2f * openRow.Box.Height && row.Segments[0].Page == openRow.Segments[0].Page)
            {
                Append(open, row);
                openRow = row;
            }
            else
            {
                pending.Clear();
                pending.AddRange(row.Segments);
            }
        }

        DecideBasis(record);
    }

    private int FirstPrice() => Enumerable.Range(0, view.Rows.Count).FirstOrDefault(
        index => MoneyLabels.AmountsIn(view, view.Rows[index]).Any(amount => amount.IsMoney) && !labels.Exists(label => label.Row == index), -1) is var first && first > 0 ? first - 1 : first;

    private InvoiceLine Item(Row row, List<AmountHit> amounts, AmountHit total, List<Segment> pending)
    {
        var line = new InvoiceLine { RowKind = RowKind.Item, AmountNet = MoneyLeaf.Of(view, total, currency, 0.8) };
        var value = view.ValueOf(total);
        var others = amounts.Where(amount => !ReferenceEquals(amount, total)).ToList();
        var pair = (from quantity in others
                    from price in others
                    where !ReferenceEquals(quantity, price) && quantity.Reading.CurrencyText.Length == 0 && Math.Abs((view.ValueOf(quantity) * view.ValueOf(price)) - value) <= Cent && view.ValueOf(quantity) != 0
                    orderby quantity.IsMoney ? 1 : 0, price.IsMoney ? 0 : 1
                    select (quantity, price)).FirstOrDefault();
        if (pair.quantity is not null)
        {
            line.AmountNet.Confidence = 0.92;
            line.Quantity = QuantityOf(pair.quantity);
            line.UnitPriceNet = MoneyLeaf.Of(view, pair.price, currency, 0.92);
        }

        var rates = TaxLinesReader.RatesOf(row).ToList();
        if (rates is [var rate])
        {
            line.TaxRate = Evidence.Leaf(rate.Rate, rate.Segment, rate.Offset, rate.Length, 0.85);
            line.TaxCategory = rate.Rate > 0 ? Evidence.Derived("S", 0.8, "a rate above zero") : null;
        }

        var text = row.Segments.Where(segment => IsText(segment)).ToList();
        if (text.Count == 0)
        {
            text = [.. pending.Where(IsText)];
        }

        if (text.MaxBy(segment => segment.Text.Count(char.IsLetter)) is { } longest)
        {
            line.Description = Evidence.Leaf(longest, 0.8);
        }
        else if (row.Segments.Count > 0 && total.Offset > 3 && ReferenceEquals(row.Segments[0], total.Segment))
        {
            // A reader that gives whole rows: the words before the first number.
            var first = amounts.First(amount => ReferenceEquals(amount.Segment, total.Segment));
            var words = total.Segment.Text[..first.Offset].TrimEnd();
            line.Description = words.Any(char.IsLetter) ? Evidence.Leaf(words, total.Segment, 0, words.Length, 0.7) : null;
        }

        return line;
    }

    private static FieldValue<Quantity> Quantity(AmountHit hit, decimal number, string? unit) =>
        Evidence.Leaf(new Quantity(number, unit is null ? null : Units.CodeOf(unit), unit), hit.Segment, hit.Offset, hit.Length, 0.9);

    // The unit stands behind the number, in its segment or the next.
    private FieldValue<Quantity> QuantityOf(AmountHit hit)
    {
        var behind = hit.Segment.Text[(hit.Offset + hit.Length)..].Trim();
        var word = behind.Split(' ', 2)[0];
        if (word.Length == 0)
        {
            var row = view.Rows[view.RowOf[hit.Segment]];
            word = row.Segments.SkipWhile(segment => !ReferenceEquals(segment, hit.Segment)).Skip(1).FirstOrDefault()?.Text.Trim() ?? "";
        }

        return Quantity(hit, view.ValueOf(hit), word.Length is > 0 and <= 12 && Units.CodeOf(word) is not null ? word : null);
    }

    private static bool IsText(Segment segment) => segment.Text.Count(char.IsLetter) >= 3 && segment.Text.Count(char.IsLetter) > segment.Text.Count(char.IsDigit);

    private static void Append(InvoiceLine line, Row row)
    {
        if (row.Segments.Where(IsText).MaxBy(segment => segment.Text.Length) is not { } more)
        {
            return;
        }

        var added = Evidence.Leaf(more, 0.7);
        if (line.Description is not { } known)
        {
            line.Description = added;
            return;
        }

        known.Value += "\n" + added.Value;
        known.RawText += "\n" + added.RawText;
        known.Regions.Add(added.Regions[0]);
        known.Spans.Add(added.Spans[0]);
    }

    // Prices contain tax where the amounts sum up to the gross total and not to the net.
    private static void DecideBasis(InvoiceRecord record)
    {
        var items = record.Lines.Where(line => line.RowKind == RowKind.Item).ToList();
        var sum = items.Sum(line => line.AmountNet?.Value.Amount ?? 0);
        var isGross = record.TotalGross is { } gross && Math.Abs(sum - gross.Value.Amount) <= 0.05m && sum != record.TotalNet?.Value.Amount
            && record.TotalTax is { Value.Amount: > 0 };
        foreach (var line in items)
        {
            line.PriceBasis = isGross ? PriceBasis.GrossOfTax : record.TotalNet?.Value.Amount == sum ? PriceBasis.Net : PriceBasis.Unknown;
            if (isGross)
            {
                (line.AmountGross, line.AmountNet) = (line.AmountNet, null);
                (line.UnitPriceGrossOfTax, line.UnitPriceNet) = (line.UnitPriceNet, null);
            }
        }
    }
}
