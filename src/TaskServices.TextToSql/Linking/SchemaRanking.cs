using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Linking;

/// <summary>Scores each table of a schema by how much of a question it and its neighbours speak of. Immutable, safe from several threads.</summary>
/// <remarks>
/// Lexical: a table earns the rarity (inverse document frequency over tables) of each question word that stands in its name, its columns' names or
/// its comments, or that is a value stored in it. Words meet by stems, by learned synonyms, by parts ("enrol", "enrollment") and inside run-together
/// names ("fname"). For each word the best evidence within two foreign keys counts too, so that the tables of one subject rise together.
/// </remarks>
internal sealed class SchemaRanking
{
    private const double NameWeight = 2, ColumnWeight = 1, CommentWeight = 0.7, ValueWeight = 2.5, PartWeight = 0.5, SynonymWeight = 0.7;
    private const int MinAskedPart = 4, MinKnownPart = 3;

    // What evidence counts at the table itself and one and two foreign keys away.
    private static readonly double[] Nearness = [1, 0.7, 0.5];

    private readonly DatabaseSchema _schema;
    private readonly Dictionary<string, int> _position = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<(int Table, double Weight)>> _tablesByStem = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<string>[] _nameStems;
    private readonly List<(int Table, int Distance)>[] _around;

    public SchemaRanking(DatabaseSchema schema)
    {
        _schema = schema;
        _nameStems = [.. schema.Tables.Select(table => Words.NameStems(table.Name))];
        for (var i = 0; i < schema.Tables.Count; i++)
        {
            var table = schema.Tables[i];
            _position[table.Name] = i;
            Index(i, _nameStems[i], NameWeight);
            Index(i, Words.ContentStems(table.Comment ?? ""), CommentWeight);
            foreach (var column in table.Columns)
            {
                Index(i, Words.NameStems(column.Name), ColumnWeight);
                Index(i, Words.ContentStems(column.Comment ?? ""), CommentWeight);
            }
        }

        Neighbours = [.. schema.Tables.Select(_ => new SortedSet<int>())];
        foreach (var key in schema.ForeignKeys)
        {
            if (_position.TryGetValue(key.Table, out var from) && _position.TryGetValue(key.ReferencedTable, out var to) && from != to)
            {
                Neighbours[from].Add(to);
                Neighbours[to].Add(from);
            }
        }

        _around = [.. Enumerable.Range(0, schema.Tables.Count).Select(Around)];
    }

    /// <summary>Gets the tables that a foreign key joins to each table, by position.</summary>
    public IReadOnlyList<SortedSet<int>> Neighbours { get; }

    public int PositionOf(string table) => _position[table];

    /// <summary>Gets a score of each table, in the schema's order; 0 for one that the question does not touch.</summary>
    /// <param name="matches">Stored values that the question names.</param>
    public double[] Rank(string question, IReadOnlyList<ValueMatch> matches)
    {
        var words = Words.ContentStems(question);
        var stems = words.Concat(Words.AdjacentStems(question).Where(_tablesByStem.ContainsKey)).ToHashSet(StringComparer.Ordinal);
        var scores = new double[_schema.Tables.Count];
        foreach (var evidence in stems.Select(OfStem).Concat(matches.Select(OfValue)))
        {
            var best = new Dictionary<int, double>();
            foreach (var (table, weight) in evidence)
            {
                scores[table] += weight;
                foreach (var (near, distance) in _around[table])
                    best[near] = Math.Max(best.GetValueOrDefault(near), weight * Nearness[distance]);
            }

            foreach (var (table, weight) in best)
                scores[table] += weight;
        }

        for (var i = 0; i < scores.Length; i++)
        {
            if (_nameStems[i].Count > 0 && _nameStems[i].All(stems.Contains))
                scores[i] += _nameStems[i].Sum(stem => Rarity(_tablesByStem[stem]));
        }

        return scores;
    }

    private Dictionary<int, double> OfStem(string stem)
    {
        var evidence = new Dictionary<int, double>();
        AddStem(evidence, stem, 1);
        foreach (var synonym in Synonyms.Of(stem))
            AddStem(evidence, synonym, SynonymWeight);
        return evidence;
    }

    private void AddStem(Dictionary<int, double> evidence, string stem, double factor)
    {
        if (_tablesByStem.TryGetValue(stem, out var exact))
            Add(evidence, exact, factor);
        if (stem.Length >= MinAskedPart)
            Add(evidence, [.. _tablesByStem.Where(pair => IsPart(pair.Key, stem)).SelectMany(pair => pair.Value)], factor * PartWeight);
    }

    private void Add(Dictionary<int, double> evidence, List<(int Table, double Weight)> found, double factor)
    {
        var rarity = Rarity(found);
        foreach (var (table, weight) in found)
            evidence[table] = Math.Max(evidence.GetValueOrDefault(table), factor * rarity * weight);
    }

    private Dictionary<int, double> OfValue(ValueMatch match)
    {
        var tables = match.Values.Select(value => value.Table).Distinct(StringComparer.OrdinalIgnoreCase).Where(_position.ContainsKey).ToList();
        return tables.ToDictionary(table => _position[table], _ => ValueWeight * Rarity(tables.Count));
    }

    private static bool IsPart(string known, string asked) => known != asked &&
        ((known.Length >= MinKnownPart && asked.StartsWith(known, StringComparison.Ordinal)) || known.Contains(asked, StringComparison.Ordinal));

    private double Rarity(List<(int Table, double Weight)> found) => Rarity(found.Select(pair => pair.Table).Distinct().Count());

    private double Rarity(int tableCount) => tableCount == 0 ? 0 : Math.Log(1 + ((double)_schema.Tables.Count / tableCount));

    private void Index(int table, IEnumerable<string> stems, double weight)
    {
        foreach (var stem in stems)
        {
            if (!_tablesByStem.TryGetValue(stem, out var tables))
                _tablesByStem[stem] = tables = [];
            tables.Add((table, weight));
        }
    }

    private List<(int Table, int Distance)> Around(int table)
    {
        var distances = new Dictionary<int, int> { [table] = 0 };
        var edge = new List<int> { table };
        for (var distance = 1; distance < Nearness.Length; distance++)
            edge = [.. edge.SelectMany(near => Neighbours[near]).Distinct().Where(near => distances.TryAdd(near, distance))];
        return [.. distances.Select(pair => (pair.Key, pair.Value))];
    }
}
