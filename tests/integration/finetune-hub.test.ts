import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { typeHere } from '../support/command-line.ts';
import { startHub } from '../support/hub-server.ts';
import { needsShared, shared } from '../support/shared-data.ts';
import { tempFolder } from '../support/temp-folder.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const files = ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'];

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => {
    const label = ['money', 'card'][(from + i) % 2]!;
    return JSON.stringify({ text: `number ${from + i} is about my ${label}`, label });
  }).join('\n');

afterEach(() => vi.unstubAllEnvs());

test(
  'a base from the Hub is fetched, said by its commit, fine-tuned, and named by the version',
  needsShared('vectors/finetune/bert/model.safetensors'),
  async () => {
    const folder = tempFolder();
    const read = (name: string) => readFileSync(shared(`vectors/finetune/bert/${name}`));
    const hub = await startHub({
      'tiny/bert': { commit, files: Object.fromEntries(files.map((name) => [name, read(name)])) },
    });
    // A cache of its own; TensorFlow is linked into the packages already.
    const cache = path.join(folder, 'cache');
    vi.stubEnv('HF_ENDPOINT', hub.endpoint);
    vi.stubEnv('DRIFTLOOP_CACHE', cache);
    writeFileSync(path.join(folder, 'train.jsonl'), lines(0, 60));
    writeFileSync(path.join(folder, 'test.jsonl'), lines(60, 80));
    const rows = ['--train', 'train.jsonl', '--test', 'test.jsonl'];
    const finetune = (base: string, out: string) =>
      typeHere(
        folder,
        'finetune',
        ...rows,
        '--base',
        base,
        '--method',
        'head',
        '--epochs',
        '2',
        '--out',
        out,
      );

    const first = await finetune('hf:tiny/bert', 'v1');
    expect(first.code, first.err).toBe(0);
    expect(first.err).toContain(`hf:tiny/bert@${commit} was fetched`);
    expect(first.err).toMatch(new RegExp(`base +hf:tiny/bert@${commit}: it was named`));
    const signature = JSON.parse(readFileSync(path.join(folder, 'v1/driftloop.json'), 'utf8')) as {
      lineage: Record<string, string>;
    };
    expect(signature.lineage).toMatchObject({
      base: `hf:tiny/bert@${commit}`,
      baseWeights: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });

    hub.asked.length = 0;
    const second = await finetune(`hf:tiny/bert@${commit}`, 'v2');
    expect(second.code, second.err).toBe(0);
    expect(second.err).toContain('lies in the cache');
    expect(hub.asked).toEqual([]);
  },
);
