using System.Globalization;
using System.Xml.Linq;
using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.EInvoices;

/// <summary>
/// Reads a record from Cross Industry Invoice XML: ZUGFeRD 1 and 2, Factur-X, XRechnung (CII). Elements are found by their local names, which the
/// versions share where their namespaces and wrappers differ. Signs are kept as they stand.
/// </summary>
/// <remarks>UBL is not read yet: it is refused by name.</remarks>
public static class CiiReader
{
    /// <summary>Reads a record.</summary>
    /// <exception cref="InvoiceOcrException">The XML is broken, hostile, or no Cross Industry Invoice.</exception>
    public static InvoiceRecord Read(byte[] xml)
    {
        ArgumentNullException.ThrowIfNull(xml);
        var root = HardenedXml.Load(xml).Root!;

        // A draft of ZUGFeRD 1 calls its root as UBL does; its header tells it apart.
        if (root.Name.LocalName is not ("CrossIndustryInvoice" or "CrossIndustryDocument") && Find(root, "HeaderExchangedDocument") is null)
        {
            throw new InvoiceOcrException("XML_UNKNOWN", $"The XML is a {root.Name.LocalName}, not a Cross Industry Invoice.");
        }

        var header = Find(root, "ExchangedDocument") ?? Find(root, "HeaderExchangedDocument");
        var transaction = Find(root, "SupplyChainTradeTransaction") ?? Find(root, "SpecifiedSupplyChainTradeTransaction");
        var agreement = Find(transaction, "ApplicableHeaderTradeAgreement") ?? Find(transaction, "ApplicableSupplyChainTradeAgreement");
        var settlement = Find(transaction, "ApplicableHeaderTradeSettlement") ?? Find(transaction, "ApplicableSupplyChainTradeSettlement");
        var delivery = Find(transaction, "ApplicableHeaderTradeDelivery") ?? Find(transaction, "ApplicableSupplyChainTradeDelivery");
        var sums = Find(settlement, "SpecifiedTradeSettlementHeaderMonetarySummation") ?? Find(settlement, "SpecifiedTradeSettlementMonetarySummation");
        var currency = Find(settlement, "InvoiceCurrencyCode")?.Value.Trim();
        var record = new InvoiceRecord
        {
            DocumentType = Find(header, "TypeCode") is { } type ? Leaf(TypeOf(type.Value.Trim()), type.Value) : null,
            InvoiceNumber = Text(Find(header, "ID")),
            IssueDate = Date(Find(header, "IssueDateTime")),
            DueDate = Date(Find(Find(settlement, "SpecifiedTradePaymentTerms"), "DueDateDateTime")),
            DeliveryDate = Date(Find(Find(delivery, "ActualDeliverySupplyChainEvent"), "OccurrenceDateTime")),
            Currency = Text(Find(settlement, "InvoiceCurrencyCode")),
            BuyerReference = Text(Find(agreement, "BuyerReference")),
            PurchaseOrder = Text(Find(Find(agreement, "BuyerOrderReferencedDocument"), "IssuerAssignedID") ?? Find(Find(agreement, "BuyerOrderReferencedDocument"), "ID")),
            Seller = PartyOf(Find(agreement, "SellerTradeParty")),
            Buyer = PartyOf(Find(agreement, "BuyerTradeParty")),
            Payee = PartyOf(Find(settlement, "PayeeTradeParty")),
            RemittanceReference = Text(Find(settlement, "PaymentReference")),
            SumOfLinesNet = Money(Find(sums, "LineTotalAmount"), currency),
            ChargeTotal = Money(Find(sums, "ChargeTotalAmount"), currency),
            AllowanceTotal = Money(Find(sums, "AllowanceTotalAmount"), currency),
            TotalNet = Money(Find(sums, "TaxBasisTotalAmount"), currency),
            TotalTax = Money(Find(sums, "TaxTotalAmount"), currency),
            TotalGross = Money(Find(sums, "GrandTotalAmount"), currency),
            PaidAmount = Money(Find(sums, "TotalPrepaidAmount"), currency),
            RoundingAmount = Money(Find(sums, "RoundingAmount"), currency),
            AmountDue = Money(Find(sums, "DuePayableAmount"), currency),
        };
        foreach (var note in All(header, "IncludedNote").Select(note => Text(Find(note, "Content"))).OfType<FieldValue<string>>())
        {
            record.Notes.Add(note);
        }

        foreach (var means in All(settlement, "SpecifiedTradeSettlementPaymentMeans"))
        {
            var iban = Identifier(Find(Find(means, "PayeePartyCreditorFinancialAccount"), "IBANID"));
            record.PaymentMeans ??= Text(Find(means, "TypeCode"));
            if (iban is not null)
            {
                record.Accounts.Add(new BankAccount { Iban = iban, Bic = Identifier(Find(Find(means, "PayeeSpecifiedCreditorFinancialInstitution"), "BICID")) });
            }
        }

        foreach (var tax in All(settlement, "ApplicableTradeTax"))
        {
            record.TaxBreakdown.Add(new TaxBreakdown
            {
                Category = Text(Find(tax, "CategoryCode")),
                Rate = Rate(tax),
                Taxable = Money(Find(tax, "BasisAmount"), currency),
                Tax = Money(Find(tax, "CalculatedAmount"), currency),
                ExemptionReason = Text(Find(tax, "ExemptionReason")),
            });
        }

        foreach (var part in All(settlement, "SpecifiedTradeAllowanceCharge"))
        {
            (IsCharge(part) ? record.Charges : record.Allowances).Add(new AllowanceCharge
            {
                Amount = Money(Find(part, "ActualAmount"), currency),
                Base = Money(Find(part, "BasisAmount"), currency),
                Percent = Number(Find(part, "CalculationPercent")),
                Reason = Text(Find(part, "Reason")),
                TaxRate = Rate(Find(part, "CategoryTradeTax")),
                TaxCategory = Text(Find(Find(part, "CategoryTradeTax"), "CategoryCode")),
            });
        }

        foreach (var line in All(transaction, "IncludedSupplyChainTradeLineItem"))
        {
            record.Lines.Add(LineOf(line, currency));
        }

        return record;
    }

    private static InvoiceLine LineOf(XElement line, string? currency)
    {
        var settlement = Find(line, "SpecifiedLineTradeSettlement") ?? Find(line, "SpecifiedSupplyChainTradeSettlement");
        var agreement = Find(line, "SpecifiedLineTradeAgreement") ?? Find(line, "SpecifiedSupplyChainTradeAgreement");
        var delivery = Find(line, "SpecifiedLineTradeDelivery") ?? Find(line, "SpecifiedSupplyChainTradeDelivery");
        var product = Find(line, "SpecifiedTradeProduct");
        var tax = Find(settlement, "ApplicableTradeTax");
        var sums = Find(settlement, "SpecifiedTradeSettlementLineMonetarySummation") ?? Find(settlement, "SpecifiedTradeSettlementMonetarySummation");
        var quantity = Find(delivery, "BilledQuantity");
        var price = Find(agreement, "NetPriceProductTradePrice");
        var amount = Money(Find(sums, "LineTotalAmount"), currency);
        return new InvoiceLine
        {
            // ZUGFeRD 1 writes free text between the lines as lines without amounts.
            RowKind = amount is null ? RowKind.Note : RowKind.Item,
            LineNo = Text(Find(Find(line, "AssociatedDocumentLineDocument"), "LineID")),
            Name = Text(Find(product, "Name")),
            Description = Text(Find(product, "Description")),
            Note = Text(Find(Find(Find(line, "AssociatedDocumentLineDocument"), "IncludedNote"), "Content")),
            ProductCode = Text(Find(product, "SellerAssignedID")),
            ProductCodeScheme = Find(product, "SellerAssignedID") is null ? null : "SELLER",
            Quantity = Number(quantity) is { } count ? Leaf(new Quantity(count.Value, quantity!.Attribute("unitCode")?.Value), quantity.Value) : null,
            UnitPriceNet = Money(Find(price, "ChargeAmount"), currency),
            PriceBaseQuantity = Number(Find(price, "BasisQuantity")),
            AmountNet = amount,
            TaxRate = Rate(tax),
            TaxCategory = Text(Find(tax, "CategoryCode")),
        };
    }

    private static Party? PartyOf(XElement? party)
    {
        if (party is null)
        {
            return null;
        }

        var address = Find(party, "PostalTradeAddress");
        var made = new Party
        {
            Name = Text(Find(party, "Name")),
            LegalRegistrationId = Text(Find(Find(party, "SpecifiedLegalOrganization"), "ID")),
            ContactName = Text(Find(Find(party, "DefinedTradeContact"), "PersonName")),
            Address = address is null ? null : Leaf(new PostalAddress
            {
                Line1 = Trimmed(address, "LineOne"),
                Line2 = Trimmed(address, "LineTwo"),
                Line3 = Trimmed(address, "LineThree"),
                PostCode = Trimmed(address, "PostcodeCode"),
                City = Trimmed(address, "CityName"),
                Region = Trimmed(address, "CountrySubDivisionName"),
                Country = Trimmed(address, "CountryID"),
            }, address.Value),
        };
        foreach (var id in All(party, "SpecifiedTaxRegistration").Select(tax => Find(tax, "ID")).OfType<XElement>())
        {
            if (id.Attribute("schemeID")?.Value == "VA")
            {
                made.VatId ??= Identifier(id);
            }
            else
            {
                made.TaxRegistrationId ??= Text(id);
            }
        }

        foreach (var id in All(party, "GlobalID").Select(id => (Scheme: id.Attribute("schemeID")?.Value, Value: Text(id))).Where(id => id.Value is not null))
        {
            made.OtherIds.Add(new SchemedId { Scheme = id.Scheme, Id = id.Value! });
        }

        return made;
    }

    private static DocumentType TypeOf(string code) => code switch
    {
        "381" => DocumentType.CreditNote,
        "384" => DocumentType.Corrected,
        "386" => DocumentType.Prepayment,
        "389" => DocumentType.SelfBilled,
        _ => DocumentType.Invoice,
    };

    private static bool IsCharge(XElement part) => Find(part, "ChargeIndicator")?.Value.Trim() is "true" or "1";

    private static FieldValue<decimal>? Rate(XElement? tax) => Number(Find(tax, "RateApplicablePercent") ?? Find(tax, "ApplicablePercent"));

    private static XElement? Find(XElement? parent, string name) => All(parent, name).FirstOrDefault();

    private static IEnumerable<XElement> All(XElement? parent, string name) => parent?.Elements().Where(child => child.Name.LocalName == name) ?? [];

    private static string? Trimmed(XElement parent, string name) => Find(parent, name)?.Value.Trim() is { Length: > 0 } text ? text : null;

    private static FieldValue<string>? Text(XElement? element) => element?.Value.Trim() is { Length: > 0 } text ? Leaf(text, element.Value) : null;

    private static FieldValue<string>? Identifier(XElement? element) =>
        element is not null && string.Concat(element.Value.Where(sign => !char.IsWhiteSpace(sign))).ToUpperInvariant() is { Length: > 0 } id ? Leaf(id, element.Value) : null;

    private static FieldValue<Money>? Money(XElement? element, string? currency) => Number(element) is { } number
        ? Leaf(new Money(number.Value, element!.Attribute("currencyID")?.Value is { Length: > 0 } own ? own : currency), element.Value)
        : null;

    private static FieldValue<decimal>? Number(XElement? element) =>
        decimal.TryParse(element?.Value.Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? Leaf(value, element!.Value) : null;

    // Format 102: yyyyMMdd.
    private static FieldValue<DateOnly>? Date(XElement? element) =>
        DateOnly.TryParseExact(element?.Value.Trim(), ["yyyyMMdd", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? Leaf(date, element!.Value) : null;

    private static FieldValue<T> Leaf<T>(T value, string raw) => new() { Value = value, RawText = raw.Trim(), Source = ValueSource.EmbeddedXml, Confidence = 1 };
}
