using System.Globalization;
using System.Text;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Execution.Servers;

/// <summary>A word, a quoted name or one character of punctuation; texts and numbers are left out.</summary>
internal readonly record struct Word(string Text, bool IsName, bool IsQuoted)
{
    /// <summary>Whether this is the given unquoted word or character.</summary>
    public bool Is(string text) => !IsQuoted && text.Equals(Text, StringComparison.OrdinalIgnoreCase);

    public bool IsAny(params ReadOnlySpan<string> texts)
    {
        foreach (var text in texts)
        {
            if (Is(text))
                return true;
        }

        return false;
    }
}

/// <summary>Cuts a statement into words by the plainest lexical rules; whatever engines read differently is refused.</summary>
internal ref struct WordReader
{
    private readonly string _sql;
    private readonly SqlDialect _dialect;
    private readonly List<Word> _words = [];
    private int _at;

    private WordReader(string sql, SqlDialect dialect) => (_sql, _dialect) = (sql, dialect);

    /// <exception cref="TextToSqlException">Reason <c>QUERY_REFUSED</c>: a comment, a semicolon, an unfinished text, a character our printer never writes.</exception>
    public static List<Word> Read(string sql, SqlDialect dialect)
    {
        var reader = new WordReader(sql, dialect);
        while (reader._at < sql.Length)
            reader.ReadOne();
        return reader._words;
    }

    private readonly char Next => _at + 1 < _sql.Length ? _sql[_at + 1] : '\0';

    private void ReadOne()
    {
        var c = _sql[_at];
        switch (c)
        {
            case ' ' or '\n':
                _at++;
                break;
            case ';':
                throw StatementFence.Refused("more than one statement");
            case '-' when Next == '-':
            case '/' when Next == '*':
            case '#':
                throw StatementFence.Refused("a comment");
            case '@' when Next == '@':
                throw StatementFence.Refused("a server variable");
            case '&' when Next is '\'' or '"':
                throw StatementFence.Refused("a text with Unicode escapes");
            case '$' when Next == '$':
                throw StatementFence.Refused("a dollar-quoted text");
            case '\'':
                ReadQuoted('\'', _dialect is SqlDialect.MySql);
                break;
            case '"' when _dialect is SqlDialect.MySql:
                throw StatementFence.Refused("a double-quoted text");
            case '"':
                _words.Add(new(ReadQuoted('"', false), IsName: true, IsQuoted: true));
                break;
            case '`':
                _words.Add(new(ReadQuoted('`', false), IsName: true, IsQuoted: true));
                break;
            case '[' when _dialect is SqlDialect.SqlServer:
                _words.Add(new(ReadQuoted(']', false), IsName: true, IsQuoted: true));
                break;
            case >= '0' and <= '9':
                ReadWhile(static c => char.IsAsciiLetterOrDigit(c) || c is '.');
                break;
            default:
                ReadWord(c);
                break;
        }
    }

    private void ReadWord(char c)
    {
        if (char.IsLetter(c) || c is '_')
        {
            var word = ReadWhile(static c => char.IsLetterOrDigit(c) || c is '_' or '$' || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark);
            if (_at < _sql.Length && _sql[_at] == '\'' && word.ToUpperInvariant() is not ("N" or "DATE" or "TIME" or "TIMESTAMP" or "INTERVAL" or "X" or "LIKE" or "ESCAPE"))
                throw StatementFence.Refused($"a text with the prefix {word}");
            _words.Add(new(word, IsName: true, IsQuoted: false));
        }
        else if (c is < ' ' or > '~' or '\\' or '{' or '}')
        {
            throw StatementFence.Refused(FormattableString.Invariant($"the character U+{(int)c:X4} outside a text"));
        }
        else
        {
            _words.Add(new(c.ToString(), IsName: false, IsQuoted: false));
            _at++;
        }
    }

    private string ReadWhile(Func<char, bool> belongs)
    {
        var start = _at;
        while (_at < _sql.Length && belongs(_sql[_at]))
            _at++;
        return _sql[start.._at];
    }

    private string ReadQuoted(char end, bool backslashEscapes)
    {
        var text = new StringBuilder();
        for (_at++; _at < _sql.Length; _at++)
        {
            var c = _sql[_at];
            if (c == '\0')
                throw StatementFence.Refused("the character U+0000");
            if (c == '\\' && backslashEscapes)
            {
                _at++;
                continue;
            }

            if (c == end && Next != end)
            {
                _at++;
                return text.ToString();
            }

            if (c == end)
                _at++;
            text.Append(c);
        }

        throw StatementFence.Refused("an unfinished text or name");
    }
}
