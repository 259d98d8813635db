namespace TaskServices.TextToSql.Answers.FollowUps;

/// <summary>The question before, and the SQL that answered it.</summary>
/// <param name="Question">As it was asked.</param>
/// <param name="Sql">As it was given. It passes the guard again before anything is made of it.</param>
public sealed record PreviousTurn(string Question, string Sql);
