using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using TaskServices.Evals.Contenders;
using TaskServices.Evals.Datasets;
using TaskServices.Evals.Execution;
using TaskServices.Evals.Reports;
using TaskServices.Evals.Runs;
using TaskServices.TextToSql.Answers.Routing;

namespace TaskServices.Evals.Commands;

/// <summary><c>eval text-to-sql</c>: runs or scores a suite of questions with gold queries.</summary>
internal static class TextToSqlCommand
{
    private static readonly Option<string> Questions = new("--questions")
    {
        Description = "Questions with gold queries, rows {id, db_id, question, query}. Default: the bundled Spider dev set.",
        DefaultValueFactory = _ => EvaluationDefaults.InEvals("datasets", "spider-dev", "questions.jsonl"),
    };

    private static readonly Option<string[]> Databases = new("--databases")
    {
        Description = "Folder with <db_id>/<db_id>.sqlite; may be given several times, searched in order. Default: the bundled databases.",
        DefaultValueFactory = _ => [EvaluationDefaults.InEvals("datasets", "spider-dev", "databases")],
    };

    private static readonly Option<int?> Limit = AtLeast(1, new Option<int?>("--limit") { Description = "Take only the first N questions." });

    private static readonly Option<string?> Out = new("--out")
    {
        Description = "Run folder. An unfinished run in it is continued. Default: a new folder under runs/.",
    };

    private static readonly Option<string?> Predictions = new("--predictions")
    {
        Description = "Score these predictions, rows {id, sql} or as predict-sql writes them, instead of asking the model.",
    };

    private static readonly Option<string?> Endpoint = new("--endpoint")
    {
        Description = "Ask this OpenAI-compatible endpoint instead, for example http://127.0.0.1:8080/v1 (zero-shot: DDL, three rows a table, question).",
    };

    private static readonly Option<string> EndpointModel = new("--endpoint-model") { Description = "Model name to ask the endpoint for.", DefaultValueFactory = _ => "default" };

    private static readonly Option<string> ApiKeyVariable = new("--api-key-variable")
    {
        Description = "Environment variable that holds the endpoint's key.",
        DefaultValueFactory = _ => "OPENAI_API_KEY",
    };

    private static readonly Option<string?> Prices = new("--prices") { Description = "Price of a million tokens in and out, for example 0.15,0.60: the report shows the cost of a question." };

    private static readonly Option<double?> MachineCost = AtLeast(0, new Option<double?>("--machine-cost-per-hour")
    {
        Description = "Cost of this machine an hour: the report shows the cost of a question of our own model.",
    });

    private static readonly Option<int> TestSuite = AtLeast(0, new Option<int>("--test-suite")
    {
        Description = "Variants of each database with mutated data on which a prediction must be right too (test-suite accuracy).",
    });

    private static readonly Option<string?> Unanswerable = new("--unanswerable")
    {
        Description = "Questions that their database cannot answer, rows {id, db_id, question}: how many are not answered is reported.",
    };

    private static readonly Option<string?> BaselineFile = new("--baseline")
    {
        Description = "Fail (exit 1) if execution accuracy is significantly below this baseline.",
    };

    private static readonly Option<string?> SaveBaseline = new("--save-baseline") { Description = "Write this run's outcome as a baseline." };

    private static readonly Option<string?> Model = new("--model") { Description = "GGUF file or model folder; the bundled model if left out." };

    private static readonly Option<string?> Adapter = new("--adapter") { Description = "PEFT folder; the bundled adapter if left out." };

    private static readonly Option<ulong> Seed = new("--seed") { Description = "Seed of the generation and of the bootstrap.", DefaultValueFactory = _ => 1 };

    private static readonly Option<double> TimeLimit = AtLeast(0.01, new Option<double>("--time-limit")
    {
        Description = "Seconds after which a query is interrupted.",
        DefaultValueFactory = _ => 30,
    });

    private static readonly Option<bool> KeepDistinct = new("--keep-distinct")
    {
        Description = "Keep DISTINCT in both queries; Spider's evaluation removes it by default.",
    };

    private static readonly Option<int> Parallelism = AtLeast(1, new Option<int>("--parallelism")
    {
        Description = "Questions at a time. More than 1 is faster and lengthens the latency of each.",
        DefaultValueFactory = _ => 1,
    });

    private static readonly Option<OutputFormat> Format = new("--format") { Description = "human or json." };

    public static Command Create()
    {
        var command = new Command(
            "text-to-sql",
            """
            Execution accuracy (Spider and BIRD rules) and more, of the service or of given predictions.

            Examples:
              eval text-to-sql --limit 100 --out runs/first
              eval text-to-sql --predictions predictions.jsonl --baseline evals/baselines/spider-dev.json
              eval text-to-sql --endpoint http://127.0.0.1:8080/v1 --endpoint-model llama --prices 0.15,0.60 --test-suite 5
            """)
        {
            Questions, Databases, Limit, Out, Predictions, Endpoint, EndpointModel, ApiKeyVariable, Prices, MachineCost, TestSuite, Unanswerable, BaselineFile, SaveBaseline, Model, Adapter, Seed, TimeLimit, KeepDistinct, Parallelism, Format,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var log = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        var questionsPath = arguments.GetValue(Questions)!;
        var seed = arguments.GetValue(Seed);
        var limits = new ExecutionLimits(TimeSpan.FromSeconds(arguments.GetValue(TimeLimit)));
        var keepDistinct = arguments.GetValue(KeepDistinct);

        // Everything that can be wrong with the input is found before the first question is asked.
        var baseline = arguments.GetValue(BaselineFile) is { } baselinePath ? Baseline.Read(baselinePath) : null;
        var examples = Example.ReadAll(questionsPath, arguments.GetValue(Limit));
        var unanswerable = arguments.GetValue(Unanswerable) is { } unanswerablePath ? QuestionRow.ReadAll(unanswerablePath) : [];
        var originals = new DatabaseFolders(arguments.GetValue(Databases)!).Resolve([.. examples, .. unanswerable.Select(question => question.ToExample())]);
        var prices = arguments.GetValue(Prices) is { } text
            ? TokenPrices.TryParse(text) ?? throw new EvaluationException("PRICES_INVALID", $"'{text}' is not two prices such as 0.15,0.60 (a million tokens in, a million out).")
            : null;
        using var copies = new DatabaseCopies(originals, arguments.GetValue(TestSuite));
        await using var contender = await CreateContenderAsync(arguments, copies, prices, cancellationToken);

        var settings = SettingsOf(questionsPath, originals, contender, seed, limits, keepDistinct, arguments.GetValue(TestSuite));
        var path = arguments.GetValue(Out) ?? Path.Combine("runs", $"text-to-sql-{DateTime.UtcNow:yyyyMMdd-HHmmss}");
        using var folder = RunFolder.Open(path, settings);
        var scorer = new ExampleScorer(copies.Paths, copies.Variants, limits, keepDistinct);
        var (gold, results) = await ScoreAsync(log, examples, contender, scorer, folder, arguments.GetValue(Parallelism), cancellationToken);
        var abstentions = await AbstainAsync(log, unanswerable, contender, path, cancellationToken);

        var summary = Summarizer.Summarize(
            results, gold, abstentions, settings, EvaluationDefaults.CommandLine(arguments.Tokens.Select(token => token.Value)), arguments.GetValue(Parallelism), seed);
        RunFolder.WriteAtomically(RunFolder.SummaryPath(path), JsonSerializer.Serialize(summary, Json.Indented) + "\n");
        RunFolder.WriteAtomically(RunFolder.ReportPath(path), HtmlReport.Render(summary, results));
        if (arguments.GetValue(Format) is OutputFormat.Json)
            Console.Out.WriteLine(JsonSerializer.Serialize(summary, Json.Line));
        else
            TerminalReport.Write(AnsiConsole.Console, summary);
        Console.Error.WriteLine($"report: {RunFolder.ReportPath(path)}");
        if (arguments.GetValue(SaveBaseline) is { } savePath)
            Baseline.From(summary, results).Write(savePath);
        return Judge(baseline?.Check(summary, results));
    }

    private static async Task<IContender> CreateContenderAsync(
        ParseResult arguments, DatabaseCopies copies, TokenPrices? prices, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(Predictions) is { } predictions)
            return new FileContender(predictions);
        if (arguments.GetValue(Endpoint) is not { } address)
        {
            return await Composition.CreateServiceAsync(
                copies.Paths, arguments.GetValue(Model), arguments.GetValue(Adapter), arguments.GetValue(MachineCost), cancellationToken);
        }

        if (!Uri.TryCreate(address, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
            throw new EvaluationException("ENDPOINT_INVALID", $"--endpoint {address}: expected an http or https address such as http://127.0.0.1:8080/v1.");
        var key = Environment.GetEnvironmentVariable(arguments.GetValue(ApiKeyVariable)!);
        return new EndpointContender(new(endpoint, arguments.GetValue(EndpointModel)!, key, prices), copies.Paths);
    }

    private static async Task<(IReadOnlyList<ExampleResult> Gold, IReadOnlyList<ExampleResult> Results)> ScoreAsync(
        IAnsiConsole log,
        IReadOnlyList<Example> examples,
        IContender contender,
        ExampleScorer scorer,
        RunFolder folder,
        int parallelism,
        CancellationToken cancellationToken)
    {
        try
        {
            var gold = await WithProgressAsync(
                log, "gold as prediction", examples.Count,
                onScored => Task.Run(() => EvaluationRun.ScoreGold(examples, scorer, onScored, cancellationToken), cancellationToken));
            var right = gold.Count(item => item.Correct);
            Console.Error.WriteLine($"ceiling: {right} of {gold.Count} gold queries score as right ({TerminalReport.Percent((double)right / gold.Count)})");
            var results = await WithProgressAsync(
                log, "questions", examples.Count,
                onScored => EvaluationRun.RunAsync(examples, contender, scorer, folder, parallelism, onScored, cancellationToken));
            return (gold, results);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"interrupted; finished items are kept. The same command with --out {folder.Path} continues.");
            throw;
        }
    }

    /// <summary>Asks what cannot be answered, and writes what came back beside the run's items.</summary>
    private static async Task<IReadOnlyList<Prediction>> AbstainAsync(
        IAnsiConsole log, IReadOnlyList<QuestionRow> questions, IContender contender, string path, CancellationToken cancellationToken)
    {
        if (questions.Count == 0)
            return [];
        var predictions = await WithProgressAsync(log, "unanswerable questions", questions.Count, async onAsked =>
        {
            var asked = new List<Prediction>(questions.Count);
            foreach (var question in questions)
            {
                asked.Add(await contender.PredictAsync(question.ToExample(), cancellationToken));
                onAsked();
            }

            return (IReadOnlyList<Prediction>)asked;
        });
        var lines = questions.Zip(predictions, (question, prediction) => JsonSerializer.Serialize(
            new { question.Id, db_id = question.DatabaseId, question.Question, prediction.Status, prediction.Sql, prediction.Reason, prediction.Confidence }, Json.Line));
        RunFolder.WriteAtomically(Path.Combine(path, "unanswerable.jsonl"), string.Join('\n', lines) + "\n");
        return predictions;
    }

    private static Task<IReadOnlyList<T>> WithProgressAsync<T>(
        IAnsiConsole log, string title, int count, Func<Action, Task<IReadOnlyList<T>>> work) =>
        log.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var progress = context.AddTask(title, maxValue: count);
                return work(() => progress.Increment(1));
            });

    private static RunSettings SettingsOf(
        string questionsPath,
        IReadOnlyDictionary<string, string> databases,
        IContender contender,
        ulong seed,
        ExecutionLimits limits,
        bool keepDistinct,
        int testSuite)
    {
        // --limit is not among them: a run may be extended.
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["questions_sha256"] = DatabaseFolders.HashFile(questionsPath),
            ["seed"] = seed.ToString(CultureInfo.InvariantCulture),
            ["time_limit_s"] = limits.Duration.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            ["keep_distinct"] = keepDistinct ? "true" : "false",
            ["test_suite"] = testSuite.ToString(CultureInfo.InvariantCulture),
            ["scorer"] = typeof(ExampleScorer).Module.ModuleVersionId.ToString(),
        };
        foreach (var (id, path) in databases)
            values.Add("database_sha256." + id, DatabaseFolders.HashFile(path));
        foreach (var (name, value) in contender.Identity)
            values.Add(name, value);
        return new RunSettings(values);
    }

    private static int Judge(BaselineVerdict? verdict)
    {
        if (verdict is null)
            return ExitCodes.Done;
        Console.Error.WriteLine((verdict.Passed ? "baseline held: " : "baseline FAILED: ") + verdict.Message);
        return verdict.Passed ? ExitCodes.Done : ExitCodes.No;
    }

    private static TOption AtLeast<TOption>(double minimum, TOption option)
        where TOption : Option
    {
        option.Validators.Add(result =>
        {
            // A token that is no number at all is reported by the parser itself.
            if (result.Tokens is [var token] && double.TryParse(token.Value, CultureInfo.InvariantCulture, out var value) && value < minimum)
                result.AddError(FormattableString.Invariant($"{option.Name} must be at least {minimum}."));
        });
        return option;
    }
}
