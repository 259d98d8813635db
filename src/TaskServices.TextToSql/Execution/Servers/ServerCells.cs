using System.Data.Common;

namespace TaskServices.TextToSql.Execution.Servers;

/// <summary>Reads long cells of a row in sequence, up to a limit, without holding what lies behind it.</summary>
internal sealed class ServerCells(int maxCellBytes)
{
    private readonly char[] _characters = new char[4096];
    private readonly byte[] _bytes = new byte[4096];

    /// <summary>Gets whether any cell was longer than the limit; a cut text ends in <c>…</c>.</summary>
    public bool AnyCut { get; private set; }

    public string ReadText(DbDataReader reader, int column)
    {
        using var source = reader.GetTextReader(column);
        var text = new System.Text.StringBuilder();
        for (int count; (count = source.Read(_characters, 0, _characters.Length)) > 0;)
        {
            text.Append(_characters, 0, count);
            if (text.Length > maxCellBytes)
                break;
        }

        return Cut(text.ToString());
    }

    /// <summary>Cuts a text after whole characters whose UTF-8 form fits.</summary>
    public string Cut(string text)
    {
        if (text.Length <= maxCellBytes / 3 || System.Text.Encoding.UTF8.GetByteCount(text) <= maxCellBytes)
            return text;
        AnyCut = true;
        var bytes = 0;
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if ((bytes += rune.Utf8SequenceLength) > maxCellBytes)
                break;
            length += rune.Utf16SequenceLength;
        }

        return string.Concat(text.AsSpan(0, length), "…");
    }

    public byte[] ReadBytes(DbDataReader reader, int column)
    {
        using var source = reader.GetStream(column);
        using var value = new MemoryStream();
        for (int count; (count = source.Read(_bytes, 0, _bytes.Length)) > 0;)
        {
            value.Write(_bytes, 0, count);
            if (value.Length > maxCellBytes)
            {
                AnyCut = true;
                value.SetLength(maxCellBytes);
                break;
            }
        }

        return value.ToArray();
    }
}
