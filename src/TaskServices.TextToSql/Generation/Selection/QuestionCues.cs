using System.Globalization;
using System.Text.RegularExpressions;
using TaskServices.TextToSql.Linking;

namespace TaskServices.TextToSql.Generation.Selection;

/// <summary>What a question's words ask for, without any schema: a count, an order, a negation, numbers.</summary>
internal sealed partial class QuestionCues
{
    private static readonly Dictionary<string, string> NumberWords = new(StringComparer.OrdinalIgnoreCase)
    {
        ["zero"] = "0",
        ["one"] = "1",
        ["two"] = "2",
        ["three"] = "3",
        ["four"] = "4",
        ["five"] = "5",
        ["six"] = "6",
        ["seven"] = "7",
        ["eight"] = "8",
        ["nine"] = "9",
        ["ten"] = "10",
        ["once"] = "1",
        ["twice"] = "2",
        ["single"] = "1",
        ["couple"] = "2",
        ["dozen"] = "12",
    };

    /// <summary>Words that ask for an operation or say nothing, and that no schema has to know.</summary>
    private static readonly HashSet<string> Operations =
    [
        .. """
           number average total highest lowest largest smallest different distinct maximum minimum oldest youngest order sort name descend ascend alphabet
           alphabetical alphabetically common least top less count sum between id type value above below over under old young not never no one two three four five
           first last second third after before earliest latest longest shortest biggest greatest fewest most popular per group together same other another only
           record entry exist information detail data database table row column corresponding respective belong include contain start begin end letter word
           mean median amount overall combine combined without except but nor neither either must use using whether if then into about out up down during within
           among along across there kind sort least at per time often ever already still just them themselves someone anyone people
           """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Words.Stem),
    ];

    public QuestionCues(string question)
    {
        Question = question;
        Stems = [.. Words.ContentStems(question)];
        Numbers = [.. Number().Matches(question).Select(match => Normalise(match.Value))];
        SpelledNumbers = [.. Word().Matches(question).Select(match => NumberWords.GetValueOrDefault(match.Value)).OfType<string>()];
        Conjunctions = Conjunction().Count(question);
    }

    public string Question { get; }

    public HashSet<string> Stems { get; }

    /// <summary>Gets the numbers in digits, without separators.</summary>
    public HashSet<string> Numbers { get; }

    public HashSet<string> SpelledNumbers { get; }

    /// <summary>Gets how many commas and <c>and</c>s there are: a measure of how many things are listed.</summary>
    public int Conjunctions { get; }

    public bool Count => CountCue().IsMatch(Question);

    public bool Average => AverageCue().IsMatch(Question);

    public bool Sum => SumCue().IsMatch(Question);

    public bool Maximum => MaximumCue().IsMatch(Question);

    public bool Minimum => MinimumCue().IsMatch(Question);

    public bool Group => GroupCue().IsMatch(Question);

    public bool Distinct => DistinctCue().IsMatch(Question);

    public bool Negation => NegationCue().IsMatch(Question);

    public bool Both => BothCue().IsMatch(Question);

    public bool Either => EitherCue().IsMatch(Question);

    public bool Order => OrderCue().IsMatch(Question);

    public bool Descending => DescendingCue().IsMatch(Question);

    public bool Greater => GreaterCue().IsMatch(Question);

    public bool Less => LessCue().IsMatch(Question);

    public bool Pattern => PatternCue().IsMatch(Question);

    public bool Everything => EverythingCue().IsMatch(Question);

    /// <param name="stem">As <see cref="Words"/> gives it.</param>
    public static bool IsOperation(string stem) => Operations.Contains(stem);

    /// <summary>Blanks out quoted texts and capitalised words that do not begin a sentence.</summary>
    public static string WithoutNames(string text) => Name().Replace(text, match => new string(' ', match.Length));

    /// <summary>Writes a number as literals are compared: no separators, no leading or trailing zeros.</summary>
    public static string Normalise(string number) =>
        double.TryParse(number.Replace(",", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value.ToString("R", CultureInfo.InvariantCulture) : number;

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    [GeneratedRegex(@"(?<![\w.])\d[\d,]*(\.\d+)?", Options, 1000)]
    private static partial Regex Number();

    [GeneratedRegex("""["“”][^"“”]*["“”]|(?<!\w)'[^']*'(?!\w)|(?<=[\p{L}\p{N},;] +)\p{Lu}[\p{L}\p{N}]*""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"\p{L}+", Options, 1000)]
    private static partial Regex Word();

    [GeneratedRegex(@"\band\b|,", Options, 1000)]
    private static partial Regex Conjunction();

    [GeneratedRegex(@"\bhow many\b|\bnumbers? of\b|\bcount\b|\bhow often\b|\b(total|amount of)\b", Options, 1000)]
    private static partial Regex CountCue();

    [GeneratedRegex(@"\baverage\b|\bmean\b|\bavg\b", Options, 1000)]
    private static partial Regex AverageCue();

    [GeneratedRegex(@"\btotal\b|\bsum\b|\boverall\b|\bcombined\b|\bhow much\b|\baltogether\b", Options, 1000)]
    private static partial Regex SumCue();

    [GeneratedRegex(@"\b(most|highest|largest|greatest|maximum|max|oldest|longest|biggest|latest|top|best|heaviest|newest|tallest|richest|fastest|common|popular|last|recent(ly)?|expensive)\b", Options, 1000)]
    private static partial Regex MaximumCue();

    [GeneratedRegex(@"\b(least|lowest|smallest|minimum|min|youngest|shortest|fewest|earliest|cheapest|worst|slowest|lightest|first)\b", Options, 1000)]
    private static partial Regex MinimumCue();

    [GeneratedRegex(@"\beach\b|\bevery\b|\bper\b|\bgrouped\b|\brespective(ly)?\b|\bfor (all|different)\b|\bcorresponding\b", Options, 1000)]
    private static partial Regex GroupCue();

    [GeneratedRegex(@"\bdifferent\b|\bdistinct\b|\bunique\b", Options, 1000)]
    private static partial Regex DistinctCue();

    [GeneratedRegex(@"\bnot\b|n't\b|\bnever\b|\bno\b|\bwithout\b|\bexcept\b|\bexclud\w+|\bneither\b|\bnor\b|\bother than\b|\bnone\b|\bunable\b|\bbut\b", Options, 1000)]
    private static partial Regex NegationCue();

    [GeneratedRegex(@"\bboth\b|\bas well as\b|\bin common\b|\bshared?\b|\balso\b", Options, 1000)]
    private static partial Regex BothCue();

    [GeneratedRegex(@"\bor\b|\beither\b", Options, 1000)]
    private static partial Regex EitherCue();

    [GeneratedRegex(@"\border(ed)?\b|\bsort(ed)?\b|\balphabetic\w*|\bascending\b|\bdescend\w+|\brank(ed)?\b|\blexicographic\w*", Options, 1000)]
    private static partial Regex OrderCue();

    [GeneratedRegex(@"\bdescen\w+|\bdecreasing\b|\breversed?\b|\bhigh(est)? to low|\bmost to least\b", Options, 1000)]
    private static partial Regex DescendingCue();

    [GeneratedRegex(@"\b(more|greater|larger|older|higher|longer|bigger|heavier|later|taller|better) than\b|\bover\b|\babove\b|\bafter\b|\bat least\b|\bexceed\w*|\bor more\b|\bsince\b|\bbetween\b", Options, 1000)]
    private static partial Regex GreaterCue();

    [GeneratedRegex(@"\b(less|fewer|smaller|younger|lower|shorter|lighter|earlier|worse) than\b|\bunder\b|\bbelow\b|\bbefore\b|\bat most\b|\bup to\b|\bor (less|fewer)\b|\bbetween\b", Options, 1000)]
    private static partial Regex LessCue();

    [GeneratedRegex(@"\bcontain\w*|\bstart\w*\b|\bbegin\w*|\bend(s|ing)? (with|in)\b|\binclud\w+|\bsubstring\b|\bletters?\b|\bprefix\b|\bkeyword\b|\blike\b|\bword\b", Options, 1000)]
    private static partial Regex PatternCue();

    [GeneratedRegex(@"\b(all|every|any)( the| of the)? (information|info|details?|data|columns?|attributes?|fields?)\b|\beverything\b|\b(information|details) (about|of|on)\b", Options, 1000)]
    private static partial Regex EverythingCue();
}
