using TaskServices.Testing;
using TaskServices.TextToSql.Answers.FollowUps;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Tests.Generation;

namespace TaskServices.TextToSql.Tests.Answers;

public sealed class FollowUpTests : IAsyncLifetime
{
    private const string Customers = "SELECT FirstName, LastName FROM Customer";
    private const string InGermany = "SELECT FirstName, LastName FROM Customer WHERE Country = 'Germany'";
    private const string ByCountry = "SELECT Country, count(*) FROM Customer GROUP BY Country ORDER BY count(*) DESC LIMIT 3";
    private const string Tracks = "SELECT Track.Name, Track.UnitPrice FROM Track JOIN Album ON Track.AlbumId = Album.AlbumId";

    private readonly TextToSqlPipeline _pipeline = new(new AnsweringHost(_ => throw new InvalidOperationException("The model was asked.")), new());

    public ValueTask InitializeAsync()
    {
        _pipeline.Register("chinook", DatabaseUrl.Parse("sqlite:" + TestFiles.InRepository("examples", "chinook", "Chinook_Sqlite.sqlite")));
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _pipeline.DisposeAsync();

    [Theory]
    [InlineData(Customers, "only those from France", Customers + " WHERE Country = 'France'")]
    [InlineData(Customers, "Only the ones in  FRANCE, please.", Customers + " WHERE Country = 'France'")]
    [InlineData(Customers + " WHERE SupportRepId = 3 OR SupportRepId = 4", "just those from Paris", Customers + " WHERE (SupportRepId = 3 OR SupportRepId = 4) AND City = 'Paris'")]
    [InlineData(InGermany, "What about France?", Customers + " WHERE Country = 'France'")]
    [InlineData(InGermany, "and in France?", Customers + " WHERE Country = 'France'")]
    [InlineData(InGermany, "only those from Berlin", InGermany + " AND City = 'Berlin'")]
    [InlineData("SELECT count(*) FROM Customer", "And for France?", "SELECT count(*) FROM Customer WHERE Country = 'France'")]
    [InlineData("SELECT Country, count(*) FROM Customer GROUP BY Country", "only those where city is Paris", "SELECT Country, count(*) FROM Customer WHERE City = 'Paris' GROUP BY Country")]
    [InlineData(Customers, "sort by last name", Customers + " ORDER BY LastName")]
    [InlineData(Customers, "order them by city, descending", Customers + " ORDER BY City DESC")]
    [InlineData(Tracks, "sort by price, highest first", Tracks + " ORDER BY Track.UnitPrice DESC")]
    [InlineData(Tracks, "sort by album title", Tracks + " ORDER BY Album.Title")]
    [InlineData("SELECT Country, count(*) AS customers FROM Customer GROUP BY Country", "sorted by customers descending", "SELECT Country, count(*) AS customers FROM Customer GROUP BY Country ORDER BY count(*) DESC")]
    [InlineData(Tracks + " ORDER BY Track.UnitPrice", "top 5", Tracks + " ORDER BY Track.UnitPrice LIMIT 5")]
    [InlineData(Customers, "only the first three", Customers + " LIMIT 3")]
    [InlineData("SELECT Country, count(*) FROM Customer GROUP BY Country", "top 5", "SELECT Country, count(*) FROM Customer GROUP BY Country ORDER BY count(*) DESC LIMIT 5")]
    [InlineData(ByCountry, "and by city?", "SELECT City, count(*) FROM Customer GROUP BY City ORDER BY count(*) DESC LIMIT 3")]
    [InlineData("SELECT count(*) FROM Customer", "by country", "SELECT Country, count(*) FROM Customer GROUP BY Country")]
    [InlineData("SELECT Country, count(*) FROM Customer GROUP BY Country", "also by city", "SELECT Country, City, count(*) FROM Customer GROUP BY Country, City")]
    [InlineData(InGermany, "How many are there?", "SELECT count(*) FROM Customer WHERE Country = 'Germany'")]
    [InlineData("SELECT DISTINCT Country FROM Customer", "count them", "SELECT count(*) FROM (SELECT DISTINCT Country FROM Customer) AS previous")]
    [InlineData(ByCountry, "how many?", "SELECT count(*) FROM (SELECT Country, count(*) AS column_2 FROM Customer GROUP BY Country ORDER BY count(*) DESC LIMIT 3) AS previous")]
    public async Task FollowUp_OfAKnownForm_ChangesTheQueryBefore(string previous, string question, string expected)
    {
        var answer = await FollowAsync(previous, question);

        Assert.Equal(expected, answer?.Sql);
        Assert.Equal((PredictionStatus.Answered, AnswerOrigin.FollowUp), (answer!.Status, answer.Origin));
        Assert.NotNull(answer.Explanation);
    }

    [Theory]
    [InlineData(Customers, "How many albums has Queen made?")] // a question of its own
    [InlineData(Customers, "only those from Atlantis")] // no such value
    [InlineData(Customers, "only those of Queen")] // a value of a table that is not in the query
    [InlineData(Customers + " LIMIT 5", "only those from France")] // among the five, or five others?
    [InlineData(InGermany, "only those from France")] // none are both
    [InlineData("SELECT InvoiceId FROM Invoice JOIN Customer ON Invoice.CustomerId = Customer.CustomerId", "only those from France")] // the customer or the bill?
    [InlineData(Customers, "sort by name")] // first or last?
    [InlineData(Customers, "sort by price")]
    [InlineData(Customers + " LIMIT 5", "sort by city")]
    [InlineData(Customers, "top 5")] // by what?
    [InlineData(Customers, "by city")] // nothing is counted
    [InlineData("SELECT count(*) FROM Customer", "how many are there?")]
    [InlineData("DELETE FROM Customer", "only those from France")]
    [InlineData("SELECT * FROM sqlite_master", "top 5")]
    [InlineData("no SQL at all", "top 5")]
    [InlineData(Customers, "delete those from France")]
    [InlineData(Customers, "only those from France'; DROP TABLE Customer; --")]
    public async Task FollowUp_OfNoKnownFormOrNotCertain_IsLeftToTheModel(string previous, string question) =>
        Assert.Null(await FollowAsync(previous, question));

    private Task<SqlPrediction?> FollowAsync(string previous, string question) =>
        _pipeline.FollowUpAsync("chinook", new PreviousTurn("What was asked?", previous), question, TestContext.Current.CancellationToken);
}
