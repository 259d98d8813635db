namespace TaskServices.TextToSql.Answers;

/// <summary>Cuts off what a killed process left behind the last whole line of a file.</summary>
internal static class HalfLine
{
    /// <param name="path">A file, which need not exist.</param>
    public static void Cut(string path)
    {
        if (!File.Exists(path))
            return;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        Cut(stream);
    }

    public static void Cut(FileStream stream)
    {
        var end = stream.Length;
        for (; end > 0; end--)
        {
            stream.Position = end - 1;
            if (stream.ReadByte() == '\n')
                break;
        }

        if (end != stream.Length)
            stream.SetLength(end);
    }
}
