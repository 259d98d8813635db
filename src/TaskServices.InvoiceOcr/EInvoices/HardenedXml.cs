using System.Xml;
using System.Xml.Linq;

namespace TaskServices.InvoiceOcr.EInvoices;

/// <summary>Loads untrusted XML: no document type, no entities of its own, nothing fetched, and limits of size and depth.</summary>
internal static class HardenedXml
{
    public const int MaxByteCount = 5 * 1024 * 1024;

    public const int MaxDepth = 64;

    // Empty elements are small on the page and large in memory.
    private const int MaxElementCount = 200_000;

    /// <exception cref="InvoiceOcrException">The text is no XML, has a document type, or goes beyond a limit.</exception>
    public static XDocument Load(byte[] xml)
    {
        if (xml.Length > MaxByteCount)
        {
            throw new InvoiceOcrException("XML_TOO_LARGE", $"The XML has {xml.Length} bytes; {MaxByteCount} are allowed.");
        }

        try
        {
            // The tree is built by recursion in places, so depth is checked on the flat reader first.
            using (var reader = Open(xml))
            {
                var count = 0;
                while (reader.Read())
                {
                    count += reader.NodeType == XmlNodeType.Element ? 1 + reader.AttributeCount : 0;
                    if (reader.Depth > MaxDepth || count > MaxElementCount)
                    {
                        throw new InvoiceOcrException("XML_LIMIT", $"The XML is deeper than {MaxDepth} elements or has more than {MaxElementCount}.");
                    }
                }
            }

            using var again = Open(xml);
            return XDocument.Load(again);
        }
        catch (XmlException exception)
        {
            throw new InvoiceOcrException("XML_INVALID", $"The XML cannot be read at line {exception.LineNumber}, column {exception.LinePosition}; document types and entities are refused.", exception);
        }
    }

    private static XmlReader Open(byte[] xml) => XmlReader.Create(new MemoryStream(xml, writable: false), new XmlReaderSettings
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxByteCount,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CloseInput = true,
    });
}
