// Uses the server as any program with OpenAI's official client does. Arguments: address, name of the model, name of an adapter.
import assert from "node:assert/strict";
import OpenAI from "openai";

const [address, model, adapter] = process.argv.slice(2);
const client = new OpenAI({ baseURL: new URL("v1", address).href, apiKey: "none", maxRetries: 0 });
const messages = [
  { role: "system", content: "Answer in one word." },
  { role: "user", content: [{ type: "text", text: "What is the capital of France?" }] },
];

const names = [];
for await (const item of client.models.list()) names.push(item.id);
assert.ok(names.includes(model) && names.includes(adapter), `models: ${names}`);
assert.equal((await client.models.retrieve(adapter)).id, adapter);
await assert.rejects(client.models.retrieve("absent"), (error) => error instanceof OpenAI.NotFoundError && error.code === "model_not_found");

const completion = await client.completions.create({ model, prompt: "The capital of France is", max_tokens: 8, temperature: 0, stop: ["."], logprobs: 0 });
assert.equal(completion.choices[0].text.trim(), "Paris");
assert.equal(completion.choices[0].finish_reason, "stop");
assert.equal(completion.choices[0].logprobs.tokens.join(""), completion.choices[0].text);
assert.ok(completion.choices[0].logprobs.token_logprobs.every((value) => value <= 0));
assert.equal(completion.usage.total_tokens, completion.usage.prompt_tokens + completion.usage.completion_tokens);

const sampled = { model, prompt: ["Once", "The sea"], max_tokens: 6, temperature: 0.9, top_p: 0.9, seed: 11, n: 2 };
const first = await client.completions.create(sampled);
const second = await client.completions.create(sampled);
assert.deepEqual(first.choices.map((choice) => choice.text), second.choices.map((choice) => choice.text));
assert.deepEqual(first.choices.map((choice) => choice.index), [0, 1, 2, 3]);
assert.ok(first.choices.every((choice) => choice.finish_reason === "length"));

const chat = await client.chat.completions.create({ model, messages, max_completion_tokens: 12, temperature: 0, logprobs: true });
assert.equal(chat.choices[0].message.role, "assistant");
assert.equal(chat.choices[0].logprobs.content.map((token) => token.token).join(""), chat.choices[0].message.content);

let text = "";
let usage;
const stream = await client.chat.completions.create({ model, messages, max_completion_tokens: 12, temperature: 0, stream: true, stream_options: { include_usage: true } });
for await (const chunk of stream) {
  text += chunk.choices[0]?.delta?.content ?? "";
  usage = chunk.usage ?? usage;
}
assert.equal(text, chat.choices[0].message.content);
assert.deepEqual(usage, chat.usage);

const schema = {
  type: "object",
  properties: { city: { type: "string", maxLength: 20 }, population: { type: "integer", minimum: 0, maximum: 99999999 } },
  required: ["city", "population"],
  additionalProperties: false,
};
const structured = await client.chat.completions.create({
  model, messages, max_completion_tokens: 60, temperature: 0,
  response_format: { type: "json_schema", json_schema: { name: "city", strict: true, schema } },
});
const value = JSON.parse(structured.choices[0].message.content);
assert.deepEqual(Object.keys(value), ["city", "population"]);
assert.ok(Number.isInteger(value.population));

const object = await client.chat.completions.create({ model, messages, max_completion_tokens: 40, temperature: 0, response_format: { type: "json_object" } });
assert.equal(typeof JSON.parse(object.choices[0].message.content), "object");

const constrained = await client.completions.create({ model, prompt: "Yes or no?", temperature: 0, grammar: 'root ::= " yes" | " no"' });
assert.ok([" yes", " no"].includes(constrained.choices[0].text));

const sql = await client.completions.create({
  model: adapter, temperature: 0, max_tokens: 24,
  prompt: "singer(singer_id*, name)\nQ: How many singers are there?\nV: \nSQL:",
});
assert.ok(sql.choices[0].text.startsWith(" select count(*) from singer"), sql.choices[0].text);

await assert.rejects(
  client.completions.create({ model, prompt: "x", echo: true }),
  (error) => error instanceof OpenAI.BadRequestError && error.param === "echo" && error.type === "invalid_request_error");
await assert.rejects(
  client.completions.create({ model, prompt: "word ".repeat(3000) }),
  (error) => error instanceof OpenAI.BadRequestError && error.code === "context_length_exceeded");

const aborted = await client.chat.completions.create({ model, messages, max_completion_tokens: 300, stream: true });
for await (const _ of aborted) break;

console.log("all checks passed");
