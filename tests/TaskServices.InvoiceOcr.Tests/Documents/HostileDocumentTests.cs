using System.Buffers.Binary;
using System.IO.Compression;
using TaskServices.InvoiceOcr.Documents;

namespace TaskServices.InvoiceOcr.Tests.Documents;

/// <summary>Files that are broken or made to break: each costs itself and nothing else.</summary>
public sealed class HostileDocumentTests
{
    private static readonly DocumentLimits Limits = new() { DecoderWallTime = TimeSpan.FromSeconds(30), DecoderCpuTime = TimeSpan.FromSeconds(5) };

    public static TheoryData<string, byte[], string> Files => new()
    {
        { "empty", [], "DOCUMENT_EMPTY" },
        { "text", "hello"u8.ToArray(), "DOCUMENT_TYPE_UNSUPPORTED" },
        { "zip", "PK\x3\x4 rest"u8.ToArray(), "DOCUMENT_TYPE_UNSUPPORTED" },
        { "html", "<html><script>"u8.ToArray(), "DOCUMENT_TYPE_UNSUPPORTED" },
        { "jpeg: three bytes", [0xFF, 0xD8, 0xFF], "DOCUMENT_DAMAGED" },
        { "jpeg: half", SampleImages.Encode(".jpg")[..600], "DOCUMENT_DAMAGED" },
        { "jpeg: no end", SampleImages.Encode(".jpg")[..^2], "DOCUMENT_DAMAGED" },
        { "jpeg: 65,535 pixels wide", JpegOfSize(65535, 65535), "DOCUMENT_PAGE_TOO_LARGE" },
        { "jpeg: no height", JpegOfSize(100, 0), "DOCUMENT_DAMAGED" },
        { "jpeg: segment past the end", [0xFF, 0xD8, 0xFF, 0xE1, 0xFF, 0xFF, 1, 2, 3], "DOCUMENT_DAMAGED" },
        { "png: half", SampleImages.Encode(".png")[..^20], "DOCUMENT_DAMAGED" },
        { "png: only a signature", [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A], "DOCUMENT_DAMAGED" },
        { "png: 60,000 pixels a side", PngOfSize(60000, 60000), "DOCUMENT_PAGE_TOO_LARGE" },
        { "png: one pixel wide, very high", PngOfSize(1, 15000), "DOCUMENT_PAGE_SHAPE" },
        { "png: no width", PngOfSize(0, 10), "DOCUMENT_DAMAGED" },
        { "png: no pixels", PngOfSize(300, 300), "DOCUMENT_DAMAGED" },
        { "png: another file behind it", [.. SampleImages.Encode(".png"), .. new byte[2_000_000]], "DOCUMENT_DAMAGED" },
        { "tiff: header only", "II*\0"u8.ToArray(), "DOCUMENT_DAMAGED" },
        { "tiff: page behind the end", [.. "II*\0"u8, 0xFF, 0xFF, 0xFF, 0xFF], "DOCUMENT_DAMAGED" },
        { "tiff: pages in a circle", Tiff(100, 100, 1, next: 8), "DOCUMENT_DAMAGED" },
        { "tiff: 4 GB", Tiff(60000, 60000, 1), "DOCUMENT_PAGE_TOO_LARGE" },
        { "tiff: JPEG 2000", Tiff(100, 100, 34712), "DOCUMENT_TYPE_UNSUPPORTED" },
        { "tiff: no pixels", Tiff(100, 100, 4), "DOCUMENT_DAMAGED" },
        { "pdf: header only", "%PDF-1.7\n"u8.ToArray(), "DOCUMENT_DAMAGED" },
        { "pdf: nonsense", [.. "%PDF-1.7\n"u8, .. Enumerable.Range(0, 5000).Select(index => (byte)(index * 31))], "DOCUMENT_DAMAGED" },
        { "pdf: encrypted", SampleImages.Pdf("BT ET", trailer: "/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O (12345678901234567890123456789012) /U (12345678901234567890123456789012) >> /ID [(1) (1)]"), "DOCUMENT_ENCRYPTED" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task ReadAsync_HostileFile_IsRefusedWithAReason(string name, byte[] bytes, string reason)
    {
        var reader = new DocumentReader(new ScriptedReader(), Limits);

        var error = await Assert.ThrowsAsync<InvoiceOcrException>(() => reader.ReadAsync(bytes, name, null, TestContext.Current.CancellationToken));

        Assert.Equal(reason, error.Reason);
        Assert.DoesNotContain('\n', error.Message);
    }

    public static TheoryData<string, byte[]> Survivable => new()
    {
        { "jpeg: another file behind it", [.. SampleImages.Encode(".jpg"), .. "PK\x3\x4 rest"u8] },
        { "png: text bomb", PngWithTextBomb() },
        { "pdf: form that draws itself", SampleImages.Pdf("/X Do", pageEntries: "/XObject << /X 5 0 R >>", objects: "5 0 obj << /Type /XObject /Subtype /Form /BBox [0 0 10 10] /Resources << /XObject << /X 5 0 R >> >> /Length 5 >> stream\n/X Do\nendstream endobj\n") },
        { "pdf: page of a kilometre", SampleImages.Pdf("BT ET", mediaBox: "0 0 2834645 2834645") },
        { "pdf: page without width", SampleImages.Pdf("BT ET", mediaBox: "0 0 0 842") },
        { "pdf: page of one point", SampleImages.Pdf("BT ET", mediaBox: "0 0 1 1") },
        { "pdf: parent is its own child", System.Text.Encoding.Latin1.GetBytes("%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n2 0 obj << /Type /Pages /Kids [2 0 R] /Count 1 >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF") },
        { "pdf: cross-references in a circle", System.Text.Encoding.Latin1.GetBytes("%PDF-1.4\nxref\n0 1\n0000000000 65535 f \ntrailer << /Root 1 0 R /Size 1 /Prev 9 >>\nstartxref\n9\n%%EOF") },
        { "pdf: two million levels", System.Text.Encoding.Latin1.GetBytes("%PDF-1.4\n1 0 obj " + new string('[', 2_000_000) + "\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF") },
    };

    [Theory]
    [MemberData(nameof(Survivable))]
    public async Task ReadAsync_StrangeFile_IsReadOrRefusedInTime(string name, byte[] bytes)
    {
        var reader = new DocumentReader(new ScriptedReader(), Limits);

        var error = await Record.ExceptionAsync(() => reader.ReadAsync(bytes, name, null, TestContext.Current.CancellationToken));

        Assert.True(error is null or InvoiceOcrException { Reason: ['D', 'O', 'C', 'U', 'M', 'E', 'N', 'T', '_', ..] }, $"{name}: {error}");
    }

    [Fact]
    public async Task ReadAsync_FileThatEndsItsDecoderTwice_IsNotTriedAgain()
    {
        // Too little memory for the decoder to start is what a crash looks like from here.
        var reader = new DocumentReader(new ScriptedReader(), Limits with { DecoderMemoryBytes = 60_000_000 });
        var bytes = SampleImages.Encode(".png");
        var reasons = new List<string>();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            reasons.Add((await Assert.ThrowsAsync<InvoiceOcrException>(() => reader.ReadAsync(bytes, "x", null, TestContext.Current.CancellationToken))).Reason);
        }

        Assert.Equal(["DOCUMENT_DECODER_CRASHED", "DOCUMENT_DECODER_CRASHED", "DOCUMENT_QUARANTINED"], reasons);
    }

    [Fact]
    public async Task ReadAsync_FileOverTheLimit_IsRefusedUnread()
    {
        var reader = new DocumentReader(new ScriptedReader(), Limits with { MaximumBytes = 100 });

        var error = await Assert.ThrowsAsync<InvoiceOcrException>(() => reader.ReadAsync(new byte[101], "x", null, TestContext.Current.CancellationToken));

        Assert.Equal("DOCUMENT_TOO_LARGE", error.Reason);
    }

    private static byte[] JpegOfSize(int width, int height)
    {
        var jpeg = SampleImages.Encode(".jpg");
        var frame = jpeg.AsSpan().IndexOf(new byte[] { 0xFF, 0xC0 });
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), (ushort)width);
        return jpeg;
    }

    private static byte[] PngOfSize(int width, int height)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        return [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, .. Chunk("IHDR"u8, header), .. Chunk("IEND"u8, [])];
    }

    private static byte[] PngWithTextBomb()
    {
        using var compressed = new MemoryStream();
        using (var zip = new ZLibStream(compressed, CompressionLevel.SmallestSize))
        {
            zip.Write(new byte[50_000_000]);
        }

        var png = SampleImages.Encode(".png");
        return [.. png[..33], .. Chunk("zTXt"u8, [.. "Comment\0\0"u8, .. compressed.ToArray()]), .. png[33..]];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] body)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, body.Length);
        var checksum = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32([.. type, .. body]));
        return [.. length, .. type, .. body, .. checksum];
    }

    private static uint Crc32(byte[] bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320u : crc >> 1;
            }
        }

        return ~crc;
    }

    private static byte[] Tiff(int width, int height, int compression, int next = 0)
    {
        byte[] bytes = [.. "II*\0"u8, 8, 0, 0, 0, 3, 0, .. Entry(256, width), .. Entry(257, height), .. Entry(259, compression), .. BitConverter.GetBytes(next)];
        return bytes;
    }

    private static byte[] Entry(ushort tag, int value) => [.. BitConverter.GetBytes(tag), 4, 0, 1, 0, 0, 0, .. BitConverter.GetBytes(value)];
}
