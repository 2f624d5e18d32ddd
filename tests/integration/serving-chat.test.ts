import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Conversation } from '../../domain/conversation.ts';
import type { TextOutput } from '../../domain/task.ts';
import type { WritingWish } from '../../domain/writing.ts';
import { createFolderStore } from '../../infra/artifacts/folder-store.ts';
import { createChildPredictor } from '../../infra/tensorflow/child-predictor.ts';
import type { ChildPredictor } from '../../infra/tensorflow/child-predictor.ts';
import { fakeMessageLog } from '../fakes/message-log.ts';
import { REAL_SERVER_TOKEN, startRealServer } from '../support/real-server.ts';
import { needsShared } from '../support/shared-data.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { WRITER_BASE, writerConfig, writeWriterVersion } from '../support/writer-version.ts';

const hello: Conversation = [{ role: 'user', content: 'hello there' }];
const greedy: WritingWish = { maxTokens: null, sampling: null, stops: [] };
/** Minutes of writing, if nobody ends it. */
const endless: WritingWish = { ...greedy, maxTokens: 4_000, sampling: { temperature: 1, topP: 1, seed: 3 } };

describe('a version that writes, in a child process', needsShared(WRITER_BASE), () => {
  const pids: number[] = [];
  let folder: string;
  let predictor: ChildPredictor;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'driftloop-writer-'));
    predictor = createChildPredictor({ onChild: (pid) => pids.push(pid) });
    await predictor.load('w', await writeWriterVersion(folder));
  });
  afterAll(async () => {
    await predictor?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });
  const write = async (wish: WritingWish, signal = new AbortController().signal) => {
    const pieces: string[] = [];
    const written = await predictor.write('w', hello, wish, { onPiece: (p) => pieces.push(p), signal });
    return { ...written, pieces };
  };
  const predict = async () => (await predictor.predict('w', [{ prompt: 'hello there' }]))[0] as TextOutput;

  test('gives away in pieces what it would predict, draws the same for the same seed, and ends at a stop', async () => {
    const { text } = await predict();
    const { pieces, ...written } = await write(greedy);
    expect(written.text).toBe(text);
    expect(pieces.join('')).toBe(text);
    expect(pieces.length).toBeGreaterThan(5);
    expect(written.tokens.written).toBe(40);
    expect(written.ended).toBe('length');
    const drawn = await write({ ...greedy, sampling: { temperature: 1, topP: 0.9, seed: 7 } });
    expect(drawn.text).not.toBe(text);
    expect((await write({ ...greedy, sampling: { temperature: 1, topP: 0.9, seed: 7 } })).text).toBe(
      drawn.text,
    );
    const stop = text.slice(8, 11);
    const stopped = await write({ ...greedy, stops: [stop] });
    expect(stopped).toMatchObject({ text: text.slice(0, text.indexOf(stop)).trimEnd(), ended: 'stop' });
  });

  test('others are answered and written to meanwhile; who gives up stops it, and its memory is let go', async () => {
    await write(greedy);
    const tensors = async () => (await predictor.held()).tensorflow!.tensors;
    const before = await tensors();
    const end = new AbortController();
    let pieces = 0;
    const long = predictor.write('w', hello, endless, { onPiece: () => (pieces += 1), signal: end.signal });
    const [short] = await Promise.all([write(greedy), predict()]);
    expect(short.tokens.written).toBe(40);
    expect(pieces).toBeGreaterThan(10);
    end.abort(new Error('gone'));
    await expect(long).rejects.toThrow('gone');
    const told = pieces;
    await expect.poll(tensors).toBe(before);
    expect(pieces).toBe(told);
  });

  test('a child that is killed in the middle is replaced, and no piece comes twice or is missing', async () => {
    const wish = { ...endless, maxTokens: 120 };
    const whole = await write(wish);
    const before = pids.length;
    let pieces = '';
    const again = await predictor.write('w', hello, wish, {
      signal: new AbortController().signal,
      onPiece(piece) {
        pieces += piece;
        if (pieces.length > whole.text.length / 2 && pids.length === before)
          process.kill(pids.at(-1)!, 'SIGKILL');
      },
    });
    expect(pids.length).toBeGreaterThan(before);
    expect(pieces).toBe(whole.text);
    expect(again.text).toBe(whole.text);
  });
});

test(
  'over HTTP pieces come as they are written, and a client that hangs up stops the version',
  needsShared(WRITER_BASE),
  async () => {
    const folder = tempFolder();
    const artifacts = createFolderStore(`${folder}/store`);
    const { digest } = await artifacts.put(await writeWriterVersion(`${folder}/v1`));
    const { log, predictions } = fakeMessageLog();
    const champion = { version: 'v1', digest };
    const server = await startRealServer({ config: writerConfig, artifacts, champion, messages: log });
    onTestFinished(server.close);
    const chat = (body: object, signal?: AbortSignal) =>
      fetch(`http://127.0.0.1:${server.port}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${REAL_SERVER_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'writer', messages: hello, stream: true, ...body }),
        ...(signal ? { signal } : {}),
      });
    const arrivals: number[] = [];
    let body = '';
    for await (const chunk of (await chat({})).body!) {
      arrivals.push(performance.now());
      body += new TextDecoder().decode(chunk);
    }
    expect(body.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(arrivals.length).toBeGreaterThan(3);
    expect(predictions).toHaveLength(1);

    const tensors = async () => (await server.predictor.held()).tensorflow!.tensors;
    const atRest = await tensors();
    const gone = new AbortController();
    const answer = await chat({ max_tokens: 4_000, temperature: 1, seed: 3 }, gone.signal);
    await answer.body!.getReader().read();
    expect(await tensors()).toBeGreaterThan(atRest);
    gone.abort();
    await expect.poll(tensors).toBe(atRest);
    expect(predictions).toHaveLength(1);
    expect(server.errors).toEqual([]);
  },
);
