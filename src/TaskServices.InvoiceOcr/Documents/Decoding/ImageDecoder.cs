using OpenCvSharp;
using TaskServices.InvoiceOcr.Imaging;

namespace TaskServices.InvoiceOcr.Documents.Decoding;

/// <summary>Decodes JPEG and PNG. Runs in the decoder process only.</summary>
internal static class ImageDecoder
{
    public static IEnumerable<PageImage> Decode(byte[] bytes, string type, DocumentLimits limits)
    {
        var (orientation, dpi) = (1, 0);
        if (type == ContentType.Jpeg)
        {
            var header = JpegHeader.Read(bytes);
            limits.CheckPage(header.WidthPx, header.HeightPx);
            (orientation, dpi) = (header.Orientation, header.Dpi);
        }
        else
        {
            var file = PngFile.Read(bytes);
            limits.CheckPage(file.WidthPx, file.HeightPx);
            (bytes, dpi) = (file.Essential, file.Dpi);
        }

        using var decoded = Cv2.ImDecode(bytes, type == ContentType.Jpeg ? ImreadModes.Color | ImreadModes.IgnoreOrientation : ImreadModes.Unchanged);
        if (decoded.Empty())
        {
            throw DocumentErrors.Damaged("The image cannot be decoded");
        }

        var page = ToBgr(decoded);
        Turn(page, orientation);
        yield return new PageImage(page, dpi);
    }

    /// <summary>Makes eight bits of sixteen, colour of grey, and paper of what is transparent.</summary>
    private static Mat ToBgr(Mat decoded)
    {
        using var eightBit = new Mat();
        decoded.ConvertTo(eightBit, MatType.CV_8UC(decoded.Channels()), decoded.Depth() == MatType.CV_16U ? 1 / 257.0 : 1);
        var page = new Mat();
        switch (eightBit.Channels())
        {
            case 1:
                Cv2.CvtColor(eightBit, page, ColorConversionCodes.GRAY2BGR);
                break;
            case 3:
                eightBit.CopyTo(page);
                break;
            case 4:
                BlendOnWhite(eightBit, page);
                break;
            default:
                throw DocumentErrors.Damaged($"The image has {eightBit.Channels()} channels");
        }

        return page;
    }

    private static void BlendOnWhite(Mat bgra, Mat page)
    {
        var channels = Cv2.Split(bgra);
        using var alpha = channels[3];
        using var inverse = new Mat();
        Cv2.BitwiseNot(alpha, inverse);
        for (var index = 0; index < 3; index++)
        {
            using var channel = channels[index];
            Cv2.Multiply(channel, alpha, channel, 1 / 255.0);
            Cv2.Add(channel, inverse, channel);
            channels[index] = channel.Clone();
        }

        Cv2.Merge(channels[..3], page);
        Array.ForEach(channels[..3], channel => channel.Dispose());
    }

    /// <summary>Undoes what EXIF says of how the camera was held (1: nothing).</summary>
    private static void Turn(Mat page, int orientation)
    {
        if (orientation is 5 or 6 or 7 or 8)
        {
            Cv2.Transpose(page, page);
        }

        FlipMode? flip = orientation switch
        {
            2 or 6 => FlipMode.Y,
            3 or 7 => FlipMode.XY,
            4 or 8 => FlipMode.X,
            _ => null,
        };
        if (flip is { } mode)
        {
            Cv2.Flip(page, page, mode);
        }
    }
}
