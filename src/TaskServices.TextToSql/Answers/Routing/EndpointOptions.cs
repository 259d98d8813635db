using TaskServices.TextToSql.Configuration;

namespace TaskServices.TextToSql.Answers.Routing;

/// <summary>An OpenAI-compatible endpoint that unsure questions are sent to, and what it costs.</summary>
/// <param name="BaseUrl">Up to and without <c>/chat/completions</c>, for example <c>https://host/v1</c>.</param>
/// <param name="Model">Name of its model.</param>
/// <param name="ApiKey">Null where it asks for none.</param>
/// <param name="Below">Answers with less confidence than this are unsure, in [0, 1]; abstentions and refusals of the model's SQL always are.</param>
/// <param name="Prices">Null where they are not known.</param>
public sealed record EndpointOptions(Uri BaseUrl, string Model, Secret? ApiKey, double Below, TokenPrices? Prices);
