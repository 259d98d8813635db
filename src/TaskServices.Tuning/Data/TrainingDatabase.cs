using TaskServices.TextToSql.Schema;

namespace TaskServices.Tuning.Data;

/// <summary>One question ready for training: what the model sees after the schema, and what it is to write.</summary>
internal sealed record PreparedQuestion(string Question, IReadOnlyList<string> Hints, string Target);

/// <summary>A database with its prepared questions.</summary>
internal sealed record TrainingDatabase(string Id, DatabaseSchema Schema, IReadOnlyList<PreparedQuestion> Questions);
