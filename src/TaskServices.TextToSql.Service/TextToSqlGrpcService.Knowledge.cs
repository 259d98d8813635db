using Grpc.Core;
using TaskServices.ServiceDefaults.Errors;
using Proto = TaskServices.Protos.TextToSql.V1;

namespace TaskServices.TextToSql.Service;

/// <content>What people teach the service: verified queries and feedback.</content>
internal sealed partial class TextToSqlGrpcService
{
    private const int MaxIdLength = 100;
    private const int MaxCommentLength = 1_000;

    public override async Task<Proto.AddVerifiedQueryResponse> AddVerifiedQuery(Proto.AddVerifiedQueryRequest request, ServerCallContext context)
    {
        Check(request.SchemaId, violations =>
        {
            RequireQuestion(violations, request.Question);
            RequireSql(violations, request.Sql);
        });
        var knowledge = Find(request.SchemaId, context).GetKnowledge(request.SchemaId);
        var query = await knowledge.VerifyAsync(request.Question, request.Sql, context.CancellationToken);
        return new Proto.AddVerifiedQueryResponse { VerifiedQuery = ProtoMapping.ToProto(query, knowledge.IsStale(query)) };
    }

    public override Task<Proto.ListVerifiedQueriesResponse> ListVerifiedQueries(Proto.ListVerifiedQueriesRequest request, ServerCallContext context)
    {
        Check(request.SchemaId, _ => { });
        var knowledge = Find(request.SchemaId, context).GetKnowledge(request.SchemaId);
        var response = new Proto.ListVerifiedQueriesResponse();
        response.VerifiedQueries.AddRange(knowledge.ListVerified().Select(query => ProtoMapping.ToProto(query, knowledge.IsStale(query))));
        return Task.FromResult(response);
    }

    public override async Task<Proto.RemoveVerifiedQueryResponse> RemoveVerifiedQuery(Proto.RemoveVerifiedQueryRequest request, ServerCallContext context)
    {
        Check(request.SchemaId, violations => RequireId(violations, request.VerifiedQueryId, "verified_query_id"));
        return await Find(request.SchemaId, context).GetKnowledge(request.SchemaId).RemoveVerifiedAsync(request.VerifiedQueryId, context.CancellationToken)
            ? new() : throw new UnknownItemException("VerifiedQuery", "UNKNOWN_VERIFIED_QUERY", request.VerifiedQueryId);
    }

    public override async Task<Proto.GiveFeedbackResponse> GiveFeedback(Proto.GiveFeedbackRequest request, ServerCallContext context)
    {
        Check(request.SchemaId, violations =>
        {
            RequireId(violations, request.AnswerId, "answer_id");
            violations.Require(request.CorrectedSql.Length <= MaxSqlLength, "corrected_sql", "must be at most 100,000 characters long");
            violations.Require(!request.IsRight || request.CorrectedSql.Length is 0, "corrected_sql", "must be empty where the answer is right");
            violations.Require(request.Comment.Length <= MaxCommentLength, "comment", "must be at most 1,000 characters long");
        });
        var feedback = await Find(request.SchemaId, context).GetKnowledge(request.SchemaId).GiveFeedbackAsync(
            request.AnswerId, request.IsRight, request.CorrectedSql.Length is 0 ? null : request.CorrectedSql,
            request.Comment.Length is 0 ? null : request.Comment, context.CancellationToken);
        return feedback is null
            ? throw new UnknownItemException("Answer", "UNKNOWN_ANSWER", request.AnswerId)
            : new Proto.GiveFeedbackResponse { Feedback = ProtoMapping.ToProto(feedback) };
    }

    public override Task<Proto.ListFeedbackResponse> ListFeedback(Proto.ListFeedbackRequest request, ServerCallContext context)
    {
        Check(request.SchemaId, _ => { });
        var response = new Proto.ListFeedbackResponse();
        response.Feedback.AddRange(Find(request.SchemaId, context).GetKnowledge(request.SchemaId).ListFeedback().Select(ProtoMapping.ToProto));
        return Task.FromResult(response);
    }

    public override async Task<Proto.ReviewFeedbackResponse> ReviewFeedback(Proto.ReviewFeedbackRequest request, ServerCallContext context)
    {
        Check(request.SchemaId, violations => RequireId(violations, request.FeedbackId, "feedback_id"));
        var feedback = await Find(request.SchemaId, context).GetKnowledge(request.SchemaId).ReviewAsync(request.FeedbackId, request.Confirm, context.CancellationToken);
        return feedback is null
            ? throw new UnknownItemException("Feedback", "UNKNOWN_FEEDBACK", request.FeedbackId)
            : new Proto.ReviewFeedbackResponse { Feedback = ProtoMapping.ToProto(feedback) };
    }

    private static void RequireId(FieldViolations violations, string id, string field) =>
        violations.Require(id.Length is > 0 and <= MaxIdLength, field, "must be 1 to 100 characters long");
}
