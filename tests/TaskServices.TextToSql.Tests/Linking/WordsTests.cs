using TaskServices.TextToSql.Linking;

namespace TaskServices.TextToSql.Tests.Linking;

public sealed class WordsTests
{
    [Theory]
    [InlineData("singers", "singer")]
    [InlineData("cities", "city")]
    [InlineData("classes", "class")]
    [InlineData("named", "naming")]
    [InlineData("stopped", "stop")]
    [InlineData("trained", "training")]
    public void Stem_FormsOfOneWord_Meet(string first, string second) => Assert.Equal(Words.Stem(first), Words.Stem(second));

    [Theory]
    [InlineData("status", "stat")]
    [InlineData("class", "clas")]
    [InlineData("bus", "bu")]
    public void Stem_EndingsThatBelongToTheWord_Stay(string word, string other) => Assert.NotEqual(Words.Stem(other), Words.Stem(word));

    [Theory]
    [InlineData("Singer_ID", "singer id")]
    [InlineData("birthDate", "birth dat")]
    [InlineData("HTTPServer2", "http server 2")]
    [InlineData("", "")]
    public void NameStems_PartsOfAName_AreSplit(string name, string stems)
    {
        var parts = Words.NameStems(name);
        Assert.Equal(stems.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, parts.Count);
        if (parts.Count > 0)
            Assert.StartsWith(stems.Split(' ')[0], parts[0], StringComparison.Ordinal);
    }

    [Fact]
    public void ContentStems_Question_LeavesStopWordsOut() =>
        Assert.Equal(["country", "not", "singer"], Words.ContentStems("Which of the countries have not any singers?"));
}
