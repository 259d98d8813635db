using System.Text;
using TaskServices.Inference.Decoding;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Generation;

/// <summary>
/// Writes the grammar that keeps the model inside compact SQL over one schema: only tables that exist, and after <c>table.</c> only that
/// table's columns.
/// </summary>
/// <remarks>
/// What a context-free grammar cannot say (whether a join path exists, whether an alias was introduced) is left to the expander and the
/// binder behind it. A leading space belongs to the completion: the prompt ends in <c>SQL:</c>.
/// </remarks>
public static class SchemaGrammar
{
    private const string Rules = """
        query      ::= core (" " ("union" " all"? | "intersect" | "except") " " core){0,3}
        core       ::= "select " "distinct "? item (", " item){0,15} from? where? group? order? limit?
        item       ::= "*" | expr
        from       ::= " from " (source | "(" query ")")
        source     ::= reference (", " reference | (" join " | " left join ") reference " on " ("true" | condition)){0,7}
        reference  ::= table (" as " alias)?
        alias      ::= "t" /[1-5]/
        where      ::= " where " condition
        group      ::= " group by " column (", " column){0,3} (" having " aggregate_condition)?
        order      ::= " order by " key (", " key){0,3}
        key        ::= expr (" asc" | " desc")?
        limit      ::= " limit " /[1-9][0-9]{0,3}/
        expr       ::= term (" " /[-+*\/]/ " " term){0,3}
        term       ::= aggregate | column | number | subquery
        aggregate  ::= "count(*)" | ("count" | "sum" | "avg" | "min" | "max") "(" "distinct "? row_expr ")"
        row_expr   ::= row_term (" " /[-+*\/]/ " " row_term){0,3}
        row_term   ::= column | number
        subquery   ::= "(" query ")"
        condition  ::= test (" and " test | " or " test){0,7}
        test       ::= "not "? ("(" condition ")" | row_expr predicate | "exists " subquery)
        aggregate_condition ::= aggregate_test (" and " aggregate_test | " or " aggregate_test){0,3}
        aggregate_test ::= "not "? ("(" aggregate_condition ")" | (aggregate | row_expr) predicate)
        predicate  ::= " " ("=" | "<>" | "<" | "<=" | ">" | ">=") " " value
                     | " between " value " and " value
                     | " like " text
                     | " in (" (query | value (", " value){0,15}) ")"
                     | " is " "not "? "null"
        value      ::= number | text | column | subquery
        number     ::= /-?[0-9]{1,12}(\.[0-9]{1,6})?/
        text       ::= "'" /([^'\x00-\x1f\x7f]|''){0,80}/ "'"

        """;

    /// <summary>What the model writes in place of a query when the schema does not hold the answer.</summary>
    public const string Abstention = "unanswerable";

    /// <summary>Writes the grammar of one schema.</summary>
    /// <param name="mayAbstain">Whether <see cref="Abstention"/> is a sentence too.</param>
    /// <exception cref="TextToSqlException">Reason <c>SCHEMA_EMPTY</c>: there is no column to speak of.</exception>
    public static string Write(DatabaseSchema schema, bool mayAbstain)
    {
        if (!schema.Tables.Any(table => table.Columns.Count > 0))
        {
            throw new TextToSqlException("SCHEMA_EMPTY", $"Database '{schema.Name}' has no tables: there is nothing to ask about.");
        }

        var text = new StringBuilder(Rules, Rules.Length + (64 * schema.Tables.Sum(table => table.Columns.Count)));
        text.AppendLine(mayAbstain ? $"root ::= \" \" (query | {Grammar.Quote(Abstention)})" : "root ::= \" \" query");
        WriteRule(text, "table", schema.Tables.Select(table => SchemaName.Write(table.Name)));
        WriteRule(
            text,
            "plain",
            schema.Tables.SelectMany(table => table.Columns.Select(column => SchemaName.Write(table.Name) + "." + SchemaName.Write(column.Name))));
        WriteRule(text, "bare", schema.Tables.SelectMany(table => table.Columns).Select(column => SchemaName.Write(column.Name)));
        text.AppendLine("column ::= plain | alias \".\" bare");
        return text.ToString();
    }

    private static void WriteRule(StringBuilder text, string rule, IEnumerable<string> literals)
    {
        text.Append(rule).Append(" ::= one_of(");
        text.AppendJoin(", ", literals.Distinct(StringComparer.Ordinal).Select(Grammar.Quote));
        text.AppendLine(")");
    }
}
