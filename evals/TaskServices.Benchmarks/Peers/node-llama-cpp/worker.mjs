// Runs node-llama-cpp for the benchmark: one JSON command a line on stdin, one JSON answer a line on stdout.
// The shapes are those of Contenders/Messages.cs. Times are seconds, sizes bytes.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import path from "node:path";

// The library lies in the folder that the benchmark installed it in, not beside this file.
const folder = path.resolve(process.argv[2]);
const packages = createRequire(path.join(folder, "package.json"));
const { getLlama } = await import(pathToFileURL(packages.resolve("node-llama-cpp")).href);

let sequences;

const seconds = (from) => Number(process.hrtime.bigint() - from) / 1e9;
const now = () => process.hrtime.bigint();

async function load({ model: modelPath, adapter, threads, sequenceCount, contextTokens, chunkTokens }) {
  const start = now();
  const llama = await getLlama({ gpu: false, build: "never", skipDownload: true, maxThreads: threads, logLevel: "error", progressLogs: false });
  const model = await llama.loadModel({ modelPath });
  // Flash attention and a batch as long as the longest prompt are this peer's fastest settings here.
  const context = await model.createContext({
    sequences: sequenceCount,
    contextSize: contextTokens,
    batchSize: chunkTokens,
    threads: { ideal: threads, min: threads },
    flashAttention: true,
    ...(adapter ? { lora: { adapters: [{ filePath: adapter, scale: 1 }] } } : {}),
  });
  sequences = Array.from({ length: sequenceCount }, () => context.getSequence());
  return { seconds: seconds(start), description: `${versions()}, ${context.currentThreads} threads` };
}

function versions() {
  const read = (...name) => JSON.parse(readFileSync(path.join(folder, "node_modules", ...name), "utf8"));
  const engine = read("node-llama-cpp", "llama", "binariesGithubRelease.json").release;
  return `node-llama-cpp ${read("node-llama-cpp", "package.json").version} (llama.cpp ${engine})`;
}

// Feeds what the sequence does not hold yet, then takes `count` greedy tokens; the first token's time is kept apart.
async function complete(sequence, tokens, count) {
  const start = now();
  await rewind(sequence, tokens);
  const pending = tokens.slice(sequence.nextTokenIndex);
  let produced = 0, first;
  for await (const token of sequence.evaluate(pending, { temperature: 0, yieldEogToken: true })) {
    first ??= seconds(start);
    if (++produced === count) break;
  }
  return { produced, firstSeconds: first, seconds: seconds(start) };
}

// Keeps the longest common prefix, always leaving one token to run.
async function rewind(sequence, tokens) {
  const held = sequence.contextTokens;
  let shared = 0;
  while (shared < held.length && shared < tokens.length - 1 && held[shared] === tokens[shared]) shared++;
  if (shared < sequence.nextTokenIndex) await sequence.eraseContextTokenRanges([{ start: shared, end: sequence.nextTokenIndex }]);
}

const commands = {
  load: ({ load: settings }) => load(settings),
  complete: async ({ tokens, count, cached }) => {
    if (!cached) await sequences[0].clearHistory();
    return complete(sequences[0], tokens, count);
  },
  // Every sequence holds the prefix afterwards, so that what follows finds it cached.
  cache: async ({ tokens }) => {
    for (const sequence of sequences) {
      await sequence.clearHistory();
      await sequence.evaluateWithoutGeneratingNewTokens(tokens);
    }
    return {};
  },
  inRow: async ({ prompts, count }) => {
    const start = now();
    for (let i = 0; i < prompts.length; i++) await complete(sequences[i], prompts[i], count);
    return { seconds: seconds(start) };
  },
  atOnce: async ({ prompts, count }) => {
    const start = now();
    await Promise.all(prompts.map((tokens, i) => complete(sequences[i], tokens, count)));
    return { seconds: seconds(start) };
  },
  memory: () => ({ bytes: 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))[1]) }),
};

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const { command, ...parameters } = JSON.parse(line);
    answer = { ok: true, ...(await commands[command](parameters)) };
  } catch (error) {
    answer = { ok: false, error: String(error?.message ?? error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
process.exit(0);
