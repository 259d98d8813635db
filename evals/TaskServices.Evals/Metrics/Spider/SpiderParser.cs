using System.Globalization;

namespace TaskServices.Evals.Metrics.Spider;

/// <summary>Parses a query as Spider's evaluation does (<c>process_sql.py</c>), limits and quirks included.</summary>
/// <remarks>
/// It assumes correct SQL, aliases only on tables and with AS, explicit JOIN, one set operation at the end. Comma joins, outer
/// joins, IN lists, IS NULL and column aliases are outside it. What follows a complete query is ignored.
/// </remarks>
internal sealed class SpiderParser
{
    private const int MaxDepth = 32;

    private static readonly string[] ClauseKeywords = ["select", "from", "where", "group", "order", "limit", "intersect", "union", "except"];
    private static readonly string[] JoinKeywords = ["join", "on", "as"];
    private static readonly string[] Operators = ["not", "between", "=", ">", "<", ">=", "<=", "!=", "in", "like", "is", "exists"];
    private static readonly string[] Aggregates = ["max", "min", "count", "sum", "avg"];

    private readonly IReadOnlyList<string> _tokens;
    private readonly SpiderSchema _schema;
    private readonly Dictionary<string, string> _tableByName = new(StringComparer.Ordinal);
    private int _index;
    private int _depth;

    private SpiderParser(IReadOnlyList<string> tokens, SpiderSchema schema)
    {
        _tokens = tokens;
        _schema = schema;
        for (var i = 1; i + 1 < tokens.Count; i++)
        {
            if (tokens[i] is "as")
                _tableByName[tokens[i + 1]] = tokens[i - 1]; // aliases are global, whatever their subquery
        }

        foreach (var table in schema.Tables)
            Require(_tableByName.TryAdd(table, table), "An alias has the name of a table.");
    }

    /// <exception cref="SpiderParseException">The query is outside the mini-parser's language.</exception>
    public static SpiderQuery Parse(string sql, SpiderSchema schema) => new SpiderParser(SpiderTokenizer.Tokenize(sql), schema).ParseQuery();

    private SpiderQuery ParseQuery()
    {
        Require(++_depth <= MaxDepth, "Nested too deeply.");
        var start = _index;
        var isBlock = TryTake("(");
        var selectIndex = _index;

        // FROM comes first: its tables are the defaults of columns without a table.
        _index = start;
        while (Current is not (null or "from"))
            _index++;
        Take("from");
        var (tables, from, defaults) = ParseFrom();
        var end = _index;
        _index = selectIndex;
        var (distinct, select) = ParseSelect(defaults);
        _index = end;
        var where = TryTake("where") ? ParseConditions(defaults) : ConditionList.Empty;
        var groupBy = ParseGroupBy(defaults);
        var having = TryTake("having") ? ParseConditions(defaults) : ConditionList.Empty;
        var (direction, orderBy) = ParseOrderBy(defaults);
        var hasLimit = TryTake("limit");
        if (hasLimit)
            _index++; // only presence counts
        SkipSemicolons();
        if (isBlock)
            Take(")");
        SkipSemicolons();
        var operation = Current is "intersect" or "union" or "except" ? _tokens[_index++] : null;
        var second = operation is null ? null : ParseQuery();
        _depth--;
        return new SpiderQuery
        {
            Tables = tables,
            From = from,
            SelectDistinct = distinct,
            Select = select,
            Where = where,
            GroupBy = groupBy,
            Having = having,
            OrderDirection = direction,
            OrderBy = orderBy,
            HasLimit = hasLimit,
            Intersect = operation is "intersect" ? second : null,
            Union = operation is "union" ? second : null,
            Except = operation is "except" ? second : null,
        };
    }

    private (List<TableUnit> Tables, ConditionList Conditions, List<string> Defaults) ParseFrom()
    {
        var tables = new List<TableUnit>();
        var conditions = new List<Condition>();
        var connectors = new List<string>();
        var defaults = new List<string>();
        while (Current is not null)
        {
            var isBlock = TryTake("(");
            if (Current is "select")
            {
                tables.Add(new TableUnit(null, ParseQuery()));
            }
            else
            {
                TryTake("join");
                var table = ResolveTable(Next());
                if (TryTake("as"))
                    _index++;
                tables.Add(new TableUnit(SpiderSchema.TableId(table), null));
                defaults.Add(table);
            }

            if (TryTake("on"))
            {
                var on = ParseConditions(defaults);
                if (conditions.Count > 0)
                    connectors.Add("and");
                conditions.AddRange(on.Conditions);
                connectors.AddRange(on.Connectors);
            }

            if (isBlock)
                Take(")");
            if (IsClauseEnd())
                break;
        }

        return (tables, new ConditionList(conditions, connectors), defaults);
    }

    private (bool Distinct, List<SelectUnit> Units) ParseSelect(List<string> defaults)
    {
        Take("select");
        var distinct = TryTake("distinct");
        var units = new List<SelectUnit>();
        while (Current is not null && !ClauseKeywords.Contains(Current))
        {
            var aggregate = Aggregates.Contains(Current) ? Next() : "none";
            units.Add(new SelectUnit(aggregate, ParseValueUnit(defaults)));
            TryTake(",");
        }

        return (distinct, units);
    }

    private List<ColumnUnit> ParseGroupBy(List<string> defaults)
    {
        var units = new List<ColumnUnit>();
        if (!TryTake("group"))
            return units;
        Take("by");
        while (Current is not null && !IsClauseEnd())
        {
            units.Add(ParseColumnUnit(defaults));
            if (!TryTake(","))
                break;
        }

        return units;
    }

    private (string Direction, List<ValueUnit> Units) ParseOrderBy(List<string> defaults)
    {
        var units = new List<ValueUnit>();
        var direction = "asc";
        if (!TryTake("order"))
            return (direction, units);
        Take("by");
        while (Current is not null && !IsClauseEnd())
        {
            units.Add(ParseValueUnit(defaults));
            if (Current is "asc" or "desc")
                direction = Next();
            if (!TryTake(","))
                break;
        }

        return (direction, units);
    }

    private ConditionList ParseConditions(List<string> defaults)
    {
        var conditions = new List<Condition>();
        var connectors = new List<string>();
        while (Current is not null)
        {
            var left = ParseValueUnit(defaults);
            var not = TryTake("not");
            var operation = Next();
            Require(Operators.Contains(operation), $"'{operation}' is no comparison.");
            var first = ParseValue(defaults);
            ConditionValue? second = null;
            if (operation is "between")
            {
                Take("and");
                second = ParseValue(defaults);
            }

            conditions.Add(new Condition(not, operation, left, first, second));
            if (IsClauseEnd() || (Current is not null && JoinKeywords.Contains(Current)))
                break;
            if (Current is "and" or "or")
                connectors.Add(Next());
        }

        return new ConditionList(conditions, connectors);
    }

    private ConditionValue ParseValue(List<string> defaults)
    {
        var start = _index;
        var isBlock = TryTake("(");
        ConditionValue value;
        if (Current is "select")
        {
            value = new ConditionValue(null, ParseQuery());
        }
        else if (Current is { } literal && (literal[0] == '"' || double.TryParse(literal, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
        {
            value = new ConditionValue(Next(), null);
        }
        else
        {
            // A column: whatever stands between it and the next 'and', comma or clause is skipped, an 'or' included.
            _index = start;
            value = new ConditionValue(ParseColumnUnit(defaults).ToString(), null);
            _index = start + (isBlock ? 1 : 0);
            while (Current is not (null or "," or ")" or "and") && !ClauseKeywords.Contains(Current) && !JoinKeywords.Contains(Current))
                _index++;
        }

        if (isBlock)
            Take(")");
        return value;
    }

    private ValueUnit ParseValueUnit(List<string> defaults)
    {
        var isBlock = TryTake("(");
        var first = ParseColumnUnit(defaults);
        var operation = Current is "-" or "+" or "*" or "/" ? Next() : "none";
        var second = operation is "none" ? null : ParseColumnUnit(defaults);
        if (isBlock)
            Take(")");
        return new ValueUnit(operation, first, second);
    }

    private ColumnUnit ParseColumnUnit(List<string> defaults)
    {
        var isBlock = TryTake("(");
        var aggregate = "none";
        if (Current is not null && Aggregates.Contains(Current))
        {
            aggregate = Next();
            Take("(");
        }

        var distinct = TryTake("distinct");
        var unit = new ColumnUnit(aggregate, ResolveColumn(Next(), defaults), distinct);
        if (aggregate is not "none" || isBlock)
            Take(")"); // around an aggregate in parentheses only one is taken, as in the official code
        return unit;
    }

    private string ResolveColumn(string name, List<string> defaults)
    {
        if (name is "*")
            return "__all__";
        if (name.Split('.') is [var alias, var column])
        {
            var table = ResolveTable(alias);
            Require(_schema.HasColumn(table, column), $"No column '{name}'.");
            return SpiderSchema.ColumnId(table, column);
        }

        var owner = defaults.Find(table => _schema.HasColumn(table, name));
        return SpiderSchema.ColumnId(owner ?? throw new SpiderParseException($"No column '{name}'."), name);
    }

    private string ResolveTable(string name)
    {
        Require(_tableByName.TryGetValue(name, out var table) && _schema.HasTable(table), $"No table '{name}'.");
        return table!;
    }

    private string? Current => _index < _tokens.Count ? _tokens[_index] : null;

    private string Next() => Current is { } token && ++_index > 0 ? token : throw new SpiderParseException("The query ends too early.");

    private bool IsClauseEnd() => Current is ")" or ";" || (Current is { } token && ClauseKeywords.Contains(token));

    private void SkipSemicolons()
    {
        while (TryTake(";"))
        {
        }
    }

    private bool TryTake(string token)
    {
        if (Current != token)
            return false;
        _index++;
        return true;
    }

    private void Take(string token) => Require(TryTake(token), $"'{token}' is expected before '{Current}'.");

    private static void Require(bool condition, string message)
    {
        if (!condition)
            throw new SpiderParseException(message);
    }
}
