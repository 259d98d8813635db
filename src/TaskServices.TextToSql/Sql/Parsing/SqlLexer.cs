using System.Globalization;
using System.Text;

namespace TaskServices.TextToSql.Sql.Parsing;

/// <summary>Cuts a text into tokens as one dialect's server would. Plain comments are dropped; what a server might read in another way is refused.</summary>
internal sealed class SqlLexer(string text, SqlDialect dialect)
{
    private static readonly string[] Symbols =
    [
        "<=>", "->>", "!~*", "->", "||", "<<", ">>", "<=", ">=", "<>", "!=", "==", "::", "//", "~*", "!~",
        "(", ")", "+", "-", "*", "/", "%", ",", ".", ";", "=", "<", ">", "&", "|", "~",
    ];

    private readonly List<SqlToken> _tokens = [];
    private int _at;

    /// <returns>The tokens; the last one is <see cref="TokenKind.End"/>.</returns>
    public List<SqlToken> ReadAll()
    {
        while (true)
        {
            SkipSpaceAndComments();
            if (_at >= text.Length)
            {
                _tokens.Add(new(TokenKind.End, "", text.Length, text.Length));
                return _tokens;
            }

            _tokens.Add(ReadToken());
        }
    }

    private char Peek(int ahead = 0) => _at + ahead < text.Length ? text[_at + ahead] : '\0';

    private bool Is(params ReadOnlySpan<SqlDialect> dialects) => dialects.Contains(dialect);

    private void SkipSpaceAndComments()
    {
        while (_at < text.Length)
        {
            var c = text[_at];
            if (SqlCharacters.IsSpace(c))
                _at++;
            else if (c is '-' && Peek(1) is '-' && (dialect is not SqlDialect.MySql || Peek(2) is '\0' or ' ' or '\t' or '\n' or '\r'))
                SkipLineComment();
            else if (c is '#' && dialect is SqlDialect.MySql)
                SkipLineComment();
            else if (c is '/' && Peek(1) is '*')
                SkipBlockComment();
            else
                return;
        }
    }

    private void SkipLineComment()
    {
        for (; _at < text.Length && text[_at] is not '\n'; _at++)
        {
            // Some servers end the comment at a lone carriage return, some do not.
            if (text[_at] is '\r' && Peek(1) is not '\n')
                throw Error(_at, "a carriage return inside a comment; end the line with a line feed");
            RefuseInvisible(_at);
        }
    }

    private void SkipBlockComment()
    {
        var start = _at;
        if (Peek(2) is '!' or '+' || (Peek(2) is 'M' or 'm' && Peek(3) is '!'))
            throw Error(start, "executable and hint comments are not accepted");
        for (_at += 2; _at < text.Length; _at++)
        {
            if (text[_at] is '*' && Peek(1) is '/')
            {
                _at += 2;
                return;
            }

            if (text[_at] is '/' && Peek(1) is '*')
                throw Error(_at, "a comment inside a comment: servers disagree where it ends");
            RefuseInvisible(_at);
        }

        throw Error(start, "the comment does not end");
    }

    private void RefuseInvisible(int at)
    {
        if (SqlCharacters.IsInvisible(text[at]) || text[at] is '\0')
            throw Error(at, $"the invisible character U+{(int)text[at]:X4}");
    }

    private SqlToken ReadToken()
    {
        var start = _at;
        var c = text[_at];
        if (c is '\'')
            return Token(TokenKind.String, start, ReadQuoted('\'', dialect is SqlDialect.MySql));
        if (c is '"')
        {
            return dialect is SqlDialect.MySql
                ? Token(TokenKind.String, start, ReadQuoted('"', backslash: true))
                : Token(TokenKind.QuotedName, start, ReadQuoted('"', backslash: false), isDoubleQuoted: true);
        }

        if (c is '`' && Is(SqlDialect.MySql, SqlDialect.Sqlite))
            return Token(TokenKind.QuotedName, start, ReadQuoted('`', backslash: false));
        if (c is '[' && Is(SqlDialect.SqlServer, SqlDialect.Sqlite))
            return Token(TokenKind.QuotedName, start, ReadQuoted(']', backslash: false));
        if (SqlCharacters.IsDigit(c) || (c is '.' && SqlCharacters.IsDigit(Peek(1))))
            return ReadNumber();
        if (SqlCharacters.IsWordStart(c))
            return ReadWordOrPrefixedString();
        if (c is '$' && Is(SqlDialect.Postgres, SqlDialect.DuckDb) && (Peek(1) is '$' || SqlCharacters.IsWordStart(Peek(1))) && TryReadDollarString() is { } dollar)
            return dollar;
        if (c is '?' or '@' or '$' || (c is ':' && (SqlCharacters.IsWordStart(Peek(1)) || SqlCharacters.IsDigit(Peek(1)))))
            return ReadParameter();
        if (c is '[' or ']' && dialect is SqlDialect.Postgres)
        {
            _at++;
            return Token(TokenKind.Symbol, start, c is '[' ? "[" : "]");
        }

        foreach (var symbol in Symbols)
        {
            if (text.AsSpan(_at).StartsWith(symbol))
            {
                _at += symbol.Length;
                return Token(TokenKind.Symbol, start, symbol);
            }
        }

        throw Error(start, c is > ' ' and <= '~' ? $"the character {c} has no meaning here" : $"the character U+{(int)c:X4} is not accepted outside strings");
    }

    private SqlToken Token(TokenKind kind, int start, string value, bool isDoubleQuoted = false) => new(kind, value, start, _at, isDoubleQuoted);

    /// <summary>Reads from an opening quote to its end; a doubled quote is one quote.</summary>
    private string ReadQuoted(char quote, bool backslash)
    {
        var start = _at;
        var escapedQuote = -1;
        var value = new StringBuilder();
        for (_at++; _at < text.Length; _at++)
        {
            var c = text[_at];
            if (c is '\0')
                throw Error(_at, "the character U+0000");
            if (c == quote)
            {
                if (Peek(1) != quote || (quote is ']' && dialect is SqlDialect.Sqlite))
                {
                    _at++;
                    RefuseDoubtfulEnd(start, escapedQuote);
                    return value.ToString();
                }

                _at++;
            }
            else if (c is '\\' && backslash)
            {
                _at++;
                if (Peek() == quote && escapedQuote < 0)
                    escapedQuote = _at;
                ReadEscape(value);
                continue;
            }

            value.Append(c);
        }

        throw Error(start, $"the {(quote is '\'' ? "string" : "quoted text")} does not end: {quote} is missing");
    }

    /// <summary>Under another sql_mode, MySQL ends the string at an escaped quote and runs what follows; where that could be SQL, it is refused.</summary>
    private void RefuseDoubtfulEnd(int start, int escapedQuote)
    {
        if (dialect is not SqlDialect.MySql || escapedQuote < 0)
            return;
        var rest = text.AsSpan(escapedQuote, _at - escapedQuote);
        if (rest.ContainsAny(';', '#') || rest.Contains("--", StringComparison.Ordinal) || rest.Contains("/*", StringComparison.Ordinal))
            throw Error(start, "an escaped quote before what could be SQL; write two quotes");
    }

    /// <summary>Reads what follows a backslash: MySQL's strings and PostgreSQL's <c>E'…'</c>.</summary>
    private void ReadEscape(StringBuilder value)
    {
        var c = Peek();
        if (dialect is not SqlDialect.MySql && c is 'x' or 'u' or 'U' or (>= '0' and <= '7'))
            throw Error(_at, "numeric escapes in strings are not accepted; write the character itself");
        switch (c)
        {
            case 'n': value.Append('\n'); break;
            case 't': value.Append('\t'); break;
            case 'r': value.Append('\r'); break;
            case 'b': value.Append('\b'); break;
            case 'f' when dialect is not SqlDialect.MySql: value.Append('\f'); break;
            case 'Z' when dialect is SqlDialect.MySql: value.Append('\u001A'); break;
            case '0' when dialect is SqlDialect.MySql: throw Error(_at, "the character U+0000");
            // LIKE needs them escaped, so MySQL keeps the backslash.
            case '%' or '_' when dialect is SqlDialect.MySql: value.Append('\\').Append(c); break;
            case '\0': throw Error(_at, "the string does not end");
            default: value.Append(c); break;
        }
    }

    private SqlToken ReadNumber()
    {
        var start = _at;
        if (Peek() is '0' && Peek(1) is 'x' or 'X')
            return ReadHexadecimal(start);
        SkipDigits();
        var whole = text[start.._at];
        var fraction = "";
        if (Peek() is '.')
        {
            _at++;
            var from = _at;
            SkipDigits();
            fraction = "." + (_at > from ? text[from.._at] : "0");
        }

        var exponent = "";
        if (Peek() is 'e' or 'E' && (SqlCharacters.IsDigit(Peek(1)) || (Peek(1) is '+' or '-' && SqlCharacters.IsDigit(Peek(2)))))
        {
            var from = _at;
            _at += 2;
            SkipDigits();
            exponent = text[from.._at].ToLowerInvariant();
        }

        return SqlCharacters.IsWordPart(Peek())
            ? throw Error(start, "a number with letters at its end")
            : Token(TokenKind.Number, start, (whole.Length is 0 ? "0" : whole) + fraction + exponent);
    }

    private void SkipDigits()
    {
        while (SqlCharacters.IsDigit(Peek()))
            _at++;
    }

    private SqlToken ReadHexadecimal(int start)
    {
        _at += 2;
        var from = _at;
        while (char.IsAsciiHexDigit(Peek()))
            _at++;
        var digits = text[from.._at].ToUpperInvariant();
        if (digits.Length is 0 || SqlCharacters.IsWordPart(Peek()))
            throw Error(start, "a hexadecimal number without or with other digits");
        if (Is(SqlDialect.MySql, SqlDialect.SqlServer))
            return Token(TokenKind.Blob, start, digits.Length % 2 is 0 ? digits : "0" + digits);
        return long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && value >= 0
            ? Token(TokenKind.Number, start, value.ToString(CultureInfo.InvariantCulture))
            : throw Error(start, "a hexadecimal number beyond 63 bits");
    }

    private SqlToken ReadWordOrPrefixedString()
    {
        var start = _at;
        if (Peek(1) is '\'')
        {
            var prefix = char.ToLowerInvariant(Peek());
            if (prefix is 'e' && Is(SqlDialect.Postgres, SqlDialect.DuckDb))
            {
                _at++;
                return Token(TokenKind.String, start, ReadQuoted('\'', backslash: true));
            }

            if (prefix is 'n' && Is(SqlDialect.SqlServer, SqlDialect.MySql, SqlDialect.Postgres))
            {
                _at++;
                return Token(TokenKind.String, start, ReadQuoted('\'', dialect is SqlDialect.MySql));
            }

            if (prefix is 'x' && Is(SqlDialect.Sqlite, SqlDialect.MySql, SqlDialect.DuckDb))
            {
                _at++;
                var hex = ReadQuoted('\'', backslash: false);
                return hex.Length % 2 is 0 && hex.All(char.IsAsciiHexDigit)
                    ? Token(TokenKind.Blob, start, hex.ToUpperInvariant())
                    : throw Error(start, "a blob needs an even number of hexadecimal digits");
            }

            throw Error(start, $"the string prefix {Peek()} is not accepted");
        }

        while (SqlCharacters.IsWordPart(Peek()))
            _at++;
        if (Peek() is '\'' or '"')
            throw Error(_at, "a quote directly after a word");
        var word = text[start.._at];
        return Token(TokenKind.Word, start, dialect is SqlDialect.Postgres ? word.ToLowerInvariant() : word);
    }

    private SqlToken? TryReadDollarString()
    {
        var start = _at;
        var tagEnd = _at + 1;
        while (tagEnd < text.Length && (SqlCharacters.IsWordStart(text[tagEnd]) || SqlCharacters.IsDigit(text[tagEnd])))
            tagEnd++;
        if (tagEnd >= text.Length || text[tagEnd] is not '$')
            return null;
        var tag = text[start..(tagEnd + 1)];
        var end = text.IndexOf(tag, tagEnd + 1, StringComparison.Ordinal);
        if (end < 0)
            throw Error(start, $"the string does not end: {tag} is missing");
        _at = end + tag.Length;
        var value = text[(tagEnd + 1)..end];
        return value.Contains('\0', StringComparison.Ordinal) ? throw Error(start, "the character U+0000") : Token(TokenKind.String, start, value);
    }

    private SqlToken ReadParameter()
    {
        var start = _at;
        var mark = text[_at++];
        while (SqlCharacters.IsWordPart(Peek()) && Peek() is not '$')
            _at++;
        var name = text[(start + 1).._at];
        return name.Length is 0 && mark is not '?'
            ? throw Error(start, $"the character {mark} has no meaning here")
            : Token(TokenKind.Parameter, start, name.Length is 0 ? "?" : name);
    }

    private SqlSyntaxException Error(int offset, string problem) => new("SQL_SYNTAX", text, offset, problem + ".");
}
