using TaskServices.TextToSql.Generation.Selection;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Parsing;

namespace TaskServices.TextToSql.Tests.Generation;

public sealed class CandidateFeaturesTests
{
    [Fact]
    public void Names_AreUnique() => Assert.Equal(CandidateFeatures.Names.Count, CandidateFeatures.Names.Distinct().Count());

    [Fact]
    public void Default_EveryWeight_BelongsToAFeature()
    {
        var model = SelectionModel.Default;
        Assert.Subset(CandidateFeatures.Names.ToHashSet(), model.First.Weights.Keys.ToHashSet());
        Assert.Subset(CandidateFeatures.Names.ToHashSet(), model.Among.Weights.Keys.ToHashSet());
        Assert.InRange(model.SureAt, 0.5, 1);
    }

    [Theory]
    [InlineData("How many singers are there?", "count")]
    [InlineData("What's the average age?", "average")]
    [InlineData("Which singer is the oldest?", "maximum")]
    [InlineData("Show the youngest one", "minimum")]
    [InlineData("Number of songs for each singer", "count group")]
    [InlineData("Which countries don't have airports?", "negation")]
    [InlineData("Names sorted in descending order", "order descending")]
    [InlineData("more than 5 but less than 10", "negation greater less")]
    [InlineData("Names", "")]
    public void QuestionCues_Words_SayWhatIsAsked(string question, string expected)
    {
        var cues = new QuestionCues(question);
        var found = new (string Name, bool Is)[]
        {
            ("count", cues.Count), ("average", cues.Average), ("maximum", cues.Maximum), ("minimum", cues.Minimum), ("group", cues.Group),
            ("negation", cues.Negation), ("order", cues.Order), ("descending", cues.Descending), ("greater", cues.Greater), ("less", cues.Less),
        };
        Assert.Equal(expected, string.Join(' ', found.Where(cue => cue.Is).Select(cue => cue.Name)));
    }

    [Fact]
    public void QuestionCues_Numbers_AreComparedAsValues() =>
        Assert.Equal(["1000", "2.5", "2005"], new QuestionCues("over 1,000 or 2.50 in 2005").Numbers);

    [Fact]
    public void QueryShape_AllParts_AreCounted()
    {
        var shape = QueryShape.Of(SqlParser.Parse(
            "SELECT a.x, a.x FROM a JOIN b ON a.id = b.id WHERE a.y = 'v' AND NOT a.z IN (SELECT c.w FROM c WHERE c.n > 5) GROUP BY a.x HAVING count(*) > 2 ORDER BY a.x DESC LIMIT 3",
            SqlDialect.Sqlite));

        Assert.Equal(["a", "b", "c"], shape.Tables);
        Assert.DoesNotContain(("b", "id"), shape.Columns);
        Assert.Equal((1, 2), (shape.SubqueryCount, shape.ItemCount));
        Assert.True(shape is { RepeatsItem: true, HasGroup: true, HasHaving: true, HasOrder: true, HasDescending: true, HasLimit: true, HasNegation: true, HasUnlikeIn: true });
        Assert.False(shape.HasDistinct || shape.HasSetOperation || shape.HasPattern || shape.HasOr);
        Assert.Equal(["v"], shape.Texts.Select(text => text.Text));
        Assert.Equal(["2", "3", "5"], shape.Numbers.Select(pair => pair.Number).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Agreement_Results_AreGroupedAcrossTexts()
    {
        Candidate Make(string sql, string signature, int count) => new()
        {
            CompactSql = sql,
            LogProbabilities = [-1],
            IsGreedy = false,
            Count = count,
            Verdict = new() { Accepted = true, Sql = sql },
            Run = new(false, 1, 1, false, signature),
        };

        var agreement = Agreement.Of([Make("a", "x", 2), Make("b", "y", 1), Make("c", "x", 1)]);

        Assert.Equal([0.75, 0.25, 0.75], agreement.Select(one => one.ResultShare));
        Assert.Equal([0.5, 0.25, 0.25], agreement.Select(one => one.CountShare));
        Assert.All(agreement, one => Assert.Equal(2, one.ResultCount));
    }
}
