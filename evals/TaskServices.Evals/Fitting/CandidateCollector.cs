using System.Text.Json;
using TaskServices.Evals.Contenders;
using TaskServices.Evals.Datasets;
using TaskServices.Evals.Runs;
using TaskServices.TextToSql;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Generation.Selection;

namespace TaskServices.Evals.Fitting;

/// <summary>Asks for the candidates of every question, and scores each of them. Continues a file that was cut short.</summary>
internal sealed class CandidateCollector(TextToSqlPipeline pipeline, ExampleScorer scorer)
{
    /// <param name="path">The candidates file: what stands in it is not asked again.</param>
    public async Task<IReadOnlyList<ScoredQuestion>> CollectAsync(
        IReadOnlyList<QuestionRow> questions, string path, Action onDone, CancellationToken cancellationToken)
    {
        var known = File.Exists(path) ? JsonLines.Read<CandidateRow>(path).Select(row => row.Row).ToDictionary(row => row.Id) : [];
        var scored = new List<ScoredQuestion>();
        await using var file = new StreamWriter(path, append: true);
        foreach (var question in questions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (!known.TryGetValue(question.Id, out var row))
                {
                    var (written, abstains) = await pipeline.ProposeAsync(question.DatabaseId, question.Question, cancellationToken);
                    row = new(question.Id, written, abstains);
                    await file.WriteLineAsync(JsonSerializer.Serialize(row, Json.Line));
                    await file.FlushAsync(cancellationToken);
                }

                scored.Add(await ScoreAsync(question, row, cancellationToken));
            }
            catch (TextToSqlException exception)
            {
                // A schema that does not fit the model says nothing about candidates.
                Console.Error.WriteLine($"{question.Id}: left out ({exception.Reason})");
            }

            onDone();
        }

        return scored;
    }

    private async Task<ScoredQuestion> ScoreAsync(QuestionRow question, CandidateRow row, CancellationToken cancellationToken)
    {
        var (first, all) = await pipeline.JudgeAsync(question.DatabaseId, question.Question, row.Written, cancellationToken);
        return new(
            question.DatabaseId, question.GoldSql is not null, row.Abstains, Score(question, first, cancellationToken), [.. all.Select(judged => Score(question, judged, cancellationToken))]);
    }

    private ScoredCandidate Score(QuestionRow question, JudgedCandidate judged, CancellationToken cancellationToken)
    {
        var correct = question.GoldSql is not null && judged.Candidate.Verdict.Sql is { } sql && scorer.Score(
            question.ToExample(),
            new Prediction { Status = PredictionStatus.Answered, Sql = sql },
            cancellationToken).Correct;
        return new(judged.Features, correct);
    }
}
