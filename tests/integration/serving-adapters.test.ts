import { appendFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { defineDriftloop, defineModel, parseConfig } from '../../domain/config.ts';
import { text } from '../../domain/input.ts';
import { classification } from '../../domain/task.ts';
import type { ArtifactStore } from '../../domain/ports.ts';
import { createFolderStore } from '../../infra/artifacts/folder-store.ts';
import { createChildPredictor } from '../../infra/tensorflow/child-predictor.ts';
import type { ChildPredictor } from '../../infra/tensorflow/child-predictor.ts';
import { fakeMessageLog } from '../fakes/message-log.ts';
import { putBase, someLora, temperatures, trainReader, trainWriter } from '../support/adapter-versions.ts';
import { colourRows } from '../support/colours.ts';
import { labelOfAnswer } from '../support/label-of.ts';
import { REAL_SERVER_TOKEN, startRealServer } from '../support/real-server.ts';
import { needsShared, shared, sharedFolder } from '../support/shared-data.ts';
import { tempFolder } from '../support/temp-folder.ts';

const WRITER = 'vectors/finetune/llama-untied';
const READER = 'vectors/finetune/bert';
const ADAPTERS = 10;
const prompts = colourRows.slice(0, 4).map(({ prompt }) => ({ prompt }));

type Versions = { artifacts: ArtifactStore; baseDigest: string; digests: string[] };
const scratches: string[] = [];
let writers: Versions;
let readers: Versions;

/** Versions over one base, each of which has learnt something else. */
async function versionsOver(base: string, count: number, train: typeof trainWriter): Promise<Versions> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'driftloop-adapters-'));
  scratches.push(scratch);
  const artifacts = createFolderStore(path.join(scratch, 'store'));
  const baseDigest = await putBase(artifacts, shared(base), scratch);
  const digests: string[] = [];
  for (let seed = 1; seed <= count; seed += 1) {
    const outFolder = path.join(scratch, `v${seed}`);
    const kind = seed % 5 === 0 ? 'qlora' : 'lora';
    await train({
      base: shared(base),
      baseDigest,
      method: { kind, lora: { ...someLora, rank: 2 + (seed % 3) } },
      seed,
      outFolder,
      epochs: 1,
    });
    digests.push((await artifacts.put(outFolder)).digest);
  }
  return { artifacts, baseDigest, digests };
}

beforeAll(async () => {
  if (sharedFolder === null) return;
  writers = await versionsOver(WRITER, ADAPTERS, trainWriter);
  readers = await versionsOver(READER, 3, (trained) => trainReader(trained));
}, 300_000);

afterAll(async () => {
  for (const scratch of scratches) await rm(scratch, { recursive: true, force: true });
});

const started = (): ChildPredictor => {
  const predictor = createChildPredictor();
  onTestFinished(() => predictor.close());
  return predictor;
};
const held = async (predictor: ChildPredictor) => (await predictor.held()).tensorflow!;

test(
  'ten adapters over one base hold it once for floats and once for 4 bits, each answers as it does alone, and nothing stays of it',
  needsShared(WRITER),
  async () => {
    const { artifacts, digests } = writers;
    const alone: unknown[] = [];
    const single = started();
    const before: { tensors: number; tensorBytes: number }[] = [];
    for (const digest of digests) {
      await single.load(digest, await artifacts.open(digest));
      alone.push(await single.predict(digest, prompts));
      await single.unload(digest);
      before.push(await held(single));
    }
    // Whatever came and went, the same is left: tables that stay for as long as TensorFlow does.
    expect(before.at(-1)).toMatchObject({ tensors: before[4]!.tensors, tensorBytes: before[4]!.tensorBytes });
    expect(new Set(alone.map((answers) => JSON.stringify(answers))).size).toBeGreaterThan(1);

    const together = started();
    // Tables of 4 bits come with the first that needs them, and stay.
    await together.load(digests[4]!, await artifacts.open(digests[4]!));
    await together.unload(digests[4]!);
    const bytes: number[] = [];
    for (const digest of digests) {
      await together.load(digest, await artifacts.open(digest));
      bytes.push((await held(together)).tensorBytes);
    }
    const baseBytes = (await stat(path.join(shared(WRITER), 'model.safetensors'))).size;
    const added = bytes.slice(1).map((now, i) => now - bytes[i]!);
    // The fifth is the first in 4 bits, which loads the base once more, smaller.
    const [firstPacked] = added.splice(3, 1);
    expect(firstPacked).toBeLessThan(baseBytes);
    for (const more of added) expect(more).toBeLessThan(baseBytes / 4);

    const answers = await Promise.all(digests.map((digest) => together.predict(digest, prompts)));
    expect(answers).toEqual(alone);

    for (const digest of digests.slice(1)) await together.unload(digest);
    expect(await together.predict(digests[0]!, prompts)).toEqual(alone[0]);
    await together.unload(digests[0]!);
    expect((await held(together)).tensorBytes).toBe(before.at(-1)!.tensorBytes);
  },
);

test(
  'a process that dies loads base and adapters again, and the answers are the same',
  needsShared(WRITER),
  async () => {
    const { artifacts, digests } = writers;
    const pids: number[] = [];
    const predictor = createChildPredictor({ onChild: (pid) => pids.push(pid) });
    onTestFinished(() => predictor.close());
    const some = digests.slice(0, 3);
    for (const digest of some) await predictor.load(digest, await artifacts.open(digest));
    const answers = () => Promise.all(some.map((digest) => predictor.predict(digest, prompts)));
    const before = await answers();
    process.kill(pids.at(-1)!, 'SIGKILL');
    expect(await answers()).toEqual(before);
  },
);

const config = parseConfig(
  defineDriftloop({
    models: [
      defineModel({
        name: 'warmth',
        task: classification({ labels: ['cold', 'warm'] }),
        input: { prompt: text() },
      }),
    ],
  }),
).models[0]!;

test(
  'a server goes from adapter to adapter and back while it answers: none fails, each is that of the version it names',
  needsShared(READER),
  async () => {
    const { artifacts, digests } = readers;
    const refOf = (n: number) => ({ version: `v${n}`, digest: digests[(n - 1) % digests.length]! });
    const { log } = fakeMessageLog();
    const server = await startRealServer({ config, artifacts, champion: refOf(1), messages: log });
    onTestFinished(server.close);
    const ask = async () => {
      const response = await fetch(`http://127.0.0.1:${server.port}/v1/models/warmth:predict`, {
        method: 'POST',
        headers: { authorization: `Bearer ${REAL_SERVER_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ instances: temperatures.rows }),
      });
      expect(response.status).toBe(200);
      return (await response.json()) as {
        predictions: { label: string; scores: Record<string, number>; version: string }[];
      };
    };
    const alone = started();
    const expected = new Map<string, unknown[]>();
    for (let n = 1; n <= digests.length; n += 1) {
      const { version, digest } = refOf(n);
      await alone.load(digest, await artifacts.open(digest));
      expected.set(version, (await alone.predict(digest, temperatures.rows)).map(labelOfAnswer));
    }
    const atRest = await held(server.predictor);
    let answered = 0;
    const done = new AbortController();
    const asking = (async () => {
      while (!done.signal.aborted) {
        const { predictions } = await ask();
        expect(predictions.map(({ label }) => label)).toEqual(expected.get(predictions[0]!.version));
        answered += 1;
      }
    })();
    // Forth, and back to a version that was there before: the way that a rollback goes.
    for (const n of [2, 3, 1]) {
      await server.swapTo(refOf(n));
      const so = answered;
      await expect.poll(() => answered, { timeout: 30_000 }).toBeGreaterThan(so + 1);
    }
    done.abort();
    await asking;
    await server.settled();
    expect(server.errors).toEqual([]);
    expect(await held(server.predictor)).toMatchObject({
      tensors: atRest.tensors,
      tensorBytes: atRest.tensorBytes,
    });
  },
);

test(
  'a server whose next version has lost its base, or has another one, says so and goes on with the one before',
  needsShared(READER),
  async () => {
    const { digests } = readers;
    const scratch = tempFolder();
    const artifacts = createFolderStore(path.join(scratch, 'store'));
    const baseDigest = await putBase(artifacts, shared(READER), scratch);
    for (const digest of digests) await artifacts.put(await readers.artifacts.open(digest));
    const { log } = fakeMessageLog();
    const [first, next] = [0, 1].map((n) => ({ version: `v${n + 1}`, digest: digests[n]! }));
    const server = await startRealServer({ config, artifacts, champion: first!, messages: log });
    onTestFinished(server.close);
    await appendFile(path.join(scratch, 'store', baseDigest, 'model.safetensors'), 'x');
    await expect(server.swapTo(next!)).rejects.toThrow('v2 did not come into service');
    const said = server.errors.map((error) => (error as { err: Error }).err.message).join(' ');
    expect(said).toContain('is an adapter, and its base cannot be used');
    await rm(path.join(scratch, 'store', baseDigest), { recursive: true });
    await expect(server.swapTo(next!)).rejects.toThrow('v2 did not come into service');
    expect(server.predictor.loaded()).toHaveLength(1);
  },
);
