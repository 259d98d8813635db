using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Sql.Parsing;

/// <summary>Maps a dialect's calls onto the one name and argument order that the AST has for each meaning.</summary>
internal static class DialectFunctions
{
    public static Expression Read(FunctionCall call, SqlDialect dialect) => call;
}
