namespace TaskServices.InvoiceOcr.Records;

/// <summary>Walks over the values of a record.</summary>
public static class Leaves
{
    /// <summary>Returns every value that is present, with its path, for example <c>lines[0].amount_net</c>.</summary>
    public static IEnumerable<(string Path, FieldValue Value)> Of(InvoiceRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return All(record).Where(leaf => leaf.Value is not null).Select(leaf => (leaf.Path, leaf.Value!));
    }

    private static IEnumerable<(string Path, FieldValue? Value)> All(InvoiceRecord r) =>
    [
        ("document_type", r.DocumentType), ("invoice_number", r.InvoiceNumber), ("issue_date", r.IssueDate), ("due_date", r.DueDate),
        ("tax_point_date", r.TaxPointDate), ("service_start", r.ServiceStart), ("service_end", r.ServiceEnd), ("delivery_date", r.DeliveryDate),
        ("currency", r.Currency), ("tax_currency", r.TaxCurrency), ("purchase_order", r.PurchaseOrder), ("sales_order", r.SalesOrder),
        ("contract_ref", r.ContractRef), ("project_ref", r.ProjectRef), ("delivery_note_ref", r.DeliveryNoteRef), ("buyer_reference", r.BuyerReference),
        ("buyer_accounting_ref", r.BuyerAccountingRef), ("customer_id", r.CustomerId), ("payment_terms", r.PaymentTerms),
        ("language", r.Language), ("locale_guess", r.LocaleGuess),
        .. r.PrecedingInvoices.SelectMany((one, i) => Under($"preceding_invoices[{i}]", ("number", one.Number), ("date", one.Date))),
        .. r.Notes.Select((note, i) => ($"notes[{i}]", (FieldValue?)note)),
        .. OfParty("seller", r.Seller), .. OfParty("buyer", r.Buyer), .. OfParty("payee", r.Payee), .. OfParty("tax_representative", r.TaxRepresentative),
        .. OfParty("ship_to", r.ShipTo), .. OfParty("bill_to", r.BillTo), .. OfParty("remit_to", r.RemitTo), .. OfParty("service_at", r.ServiceAt),
        ("payment_means", r.PaymentMeans), ("remittance_reference", r.RemittanceReference), ("bpay.biller_code", r.Bpay?.BillerCode),
        ("bpay.reference", r.Bpay?.Reference), ("card_last4", r.CardLast4), ("mandate_id", r.MandateId), ("creditor_id", r.CreditorId),
        .. r.Accounts.SelectMany((a, i) => Under(
            $"accounts[{i}]", ("iban", a.Iban), ("bic", a.Bic), ("account_number", a.AccountNumber), ("bank_code", a.BankCode), ("bank_name", a.BankName), ("holder", a.Holder))),
        .. r.Installments.SelectMany((one, i) => Under($"installments[{i}]", ("amount", one.Amount), ("due_date", one.DueDate))),
        .. r.Lines.SelectMany((line, i) => OfLine($"lines[{i}]", line)),
        .. r.TaxBreakdown.SelectMany((tax, i) => Under(
            $"tax_breakdown[{i}]", ("category", tax.Category), ("rate", tax.Rate), ("taxable", tax.Taxable), ("tax", tax.Tax), ("gross", tax.Gross),
            ("exemption_reason", tax.ExemptionReason), ("exemption_reason_code", tax.ExemptionReasonCode))),
        ("sum_of_lines_net", r.SumOfLinesNet), .. OfAllowances("allowances", r.Allowances), ("allowance_total", r.AllowanceTotal),
        .. OfAllowances("charges", r.Charges), ("charge_total", r.ChargeTotal), ("total_net", r.TotalNet), ("total_tax", r.TotalTax),
        ("total_gross", r.TotalGross), ("paid_amount", r.PaidAmount), ("rounding_amount", r.RoundingAmount), ("previous_balance", r.PreviousBalance),
        ("amount_due", r.AmountDue), ("amount_due_printed", r.AmountDuePrinted), ("amount_in_words", r.AmountInWords),
        .. r.Withholding.SelectMany((one, i) => Under($"withholding[{i}]", ("kind", one.Kind), ("rate", one.Rate), ("amount", one.Amount))),
    ];

    private static IEnumerable<(string Path, FieldValue? Value)> OfParty(string path, Party? party) => party is null ? [] :
    [
        .. Under(
            path, ("name", party.Name), ("trading_name", party.TradingName), ("address", party.Address), ("vat_id", party.VatId),
            ("tax_registration_id", party.TaxRegistrationId), ("legal_registration_id", party.LegalRegistrationId),
            ("electronic_address", party.ElectronicAddress), ("contact_name", party.ContactName), ("phone", party.Phone), ("email", party.Email)),
        .. party.OtherIds.Select((id, i) => ($"{path}.other_ids[{i}].id", (FieldValue?)id.Id)),
    ];

    private static IEnumerable<(string Path, FieldValue? Value)> OfLine(string path, InvoiceLine line) =>
    [
        .. Under(
            path, ("line_no", line.LineNo), ("name", line.Name), ("description", line.Description), ("product_code", line.ProductCode),
            ("quantity", line.Quantity), ("unit_price_net", line.UnitPriceNet), ("unit_price_gross_of_tax", line.UnitPriceGrossOfTax),
            ("list_price", line.ListPrice), ("price_discount", line.PriceDiscount), ("price_base_quantity", line.PriceBaseQuantity),
            ("amount_net", line.AmountNet), ("amount_gross", line.AmountGross), ("tax_rate", line.TaxRate), ("tax_category", line.TaxCategory),
            ("tax_amount", line.TaxAmount), ("tax_code_raw", line.TaxCodeRaw), ("date", line.Date), ("period_start", line.PeriodStart),
            ("period_end", line.PeriodEnd), ("order_ref", line.OrderRef), ("order_line_ref", line.OrderLineRef), ("note", line.Note),
            ("person", line.Person), ("currency", line.Currency)),
        .. OfAllowances(path + ".allowances", line.Allowances), .. OfAllowances(path + ".charges", line.Charges),
    ];

    private static IEnumerable<(string Path, FieldValue? Value)> OfAllowances(string path, IList<AllowanceCharge> all) => all.SelectMany((one, i) => Under(
        $"{path}[{i}]", ("amount", one.Amount), ("base", one.Base), ("percent", one.Percent), ("reason", one.Reason),
        ("tax_rate", one.TaxRate), ("tax_category", one.TaxCategory)));

    private static IEnumerable<(string Path, FieldValue? Value)> Under(string path, params (string Name, FieldValue? Value)[] leaves) =>
        leaves.Select(leaf => ($"{path}.{leaf.Name}", leaf.Value));
}
