import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GateAnswer } from '../../cli/offline/gate.ts';
import { errorCodes } from '../../domain/error-codes.ts';
import { mcnemar } from '../../statistics/mcnemar.ts';
import { typeHere } from '../support/command-line.ts';
import { needsShared, shared } from '../support/shared-data.ts';

/** `driftloop gate`, as a person types it: a champion of few rows, and a challenger of many. */

const folder = mkdtempSync(path.join(tmpdir(), 'driftloop-gate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const type = (...args: string[]) => typeHere(folder, ...args);
const gate = (champion: string, challenger: string, ...more: string[]) =>
  type(
    'gate',
    '--champion',
    champion,
    '--challenger',
    challenger,
    '--test',
    'test.csv',
    '--label',
    'label',
    ...more,
  );

type Said = Pick<GateAnswer, 'verdict' | 'sentence' | 'fix' | 'checks' | 'discordant'>;

const hasDigits = needsShared('data/digits8x8.csv');

beforeAll(async () => {
  if (hasDigits.skip) return;
  const [header, ...lines] = readFileSync(shared('data/digits8x8.csv'), 'utf8').trimEnd().split('\n');
  const write = (name: string, rows: readonly string[]) =>
    writeFileSync(path.join(folder, name), `${[header, ...rows].join('\n')}\n`);
  write('few.csv', lines.slice(0, 150));
  write('many.csv', lines.slice(0, 1_300));
  write('test.csv', lines.slice(1_300));
  write('short.csv', lines.slice(1_300, 1_330));
  for (const [train, out] of [
    ['few.csv', 'v1'],
    ['many.csv', 'v2'],
  ] as const) {
    const trained = await type(
      'finetune',
      '--train',
      train,
      '--test',
      'short.csv',
      '--label',
      'label',
      '--out',
      out,
    );
    expect(trained.code, trained.err).toBe(0);
  }
});

test('a better version is promoted, a worse one rejected, and itself is held', hasDigits, async () => {
  const promoted = await gate('v1', 'v2', '--json');
  expect(promoted.code, promoted.err).toBe(0);
  const said = JSON.parse(promoted.out) as Said;
  expect(said).toMatchObject({ verdict: 'promote', labelsNeeded: null });
  expect(said.checks).toMatchObject([
    { name: 'accuracy.difference', result: 'pass', rows: 497 },
    { name: 'lineage.challenger', result: 'pass', value: 0, bound: 0 },
    { name: 'lineage.champion', result: 'pass', value: 0, bound: 0 },
  ]);
  expect(said).not.toHaveProperty('fix');
  const { wins, losses, exactP, midP } = said.discordant;
  expect(wins).toBeGreaterThan(losses);
  expect({ exactP, midP }).toEqual(mcnemar(wins, losses));

  expect(JSON.parse((await gate('v2', 'v1', '--json')).out)).toMatchObject({ verdict: 'reject' });
  const itself = await gate('v2', 'v2');
  expect(itself.out).toMatch(/^Held: both versions are right and wrong on the same 497 rows/);
  expect(itself.out).toContain('\nfix: Ask for gate.notWorseBy where not worse is enough');
  expect(itself.out).toMatch(/accuracy\.difference +0 .*open/);
  expect(itself.out).toContain("McNemar's test says p = 1 (exact) or 1 (mid-p), shown beside the verdict.");
  const alike = JSON.parse((await gate('v2', 'v2', '--json')).out) as Said;
  expect(alike).toMatchObject({ verdict: 'hold', code: 'DL_GATE_TIES', fix: errorCodes.DL_GATE_TIES.fix });
  expect(alike.checks[0]).toMatchObject({ code: 'DL_GATE_TIES' });
});

test(
  'a version that has learnt from test rows is not promoted; where nobody knows, that is said',
  hasDigits,
  async () => {
    const [header, ...lines] = readFileSync(path.join(folder, 'test.csv'), 'utf8').trimEnd().split('\n');
    const seen = readFileSync(path.join(folder, 'many.csv'), 'utf8').trimEnd().split('\n').slice(1, 4);
    writeFileSync(path.join(folder, 'leaked.csv'), `${[header, ...lines, ...seen].join('\n')}\n`);
    const files = (test: string) => [
      '--champion',
      'v1',
      '--challenger',
      'v2',
      '--test',
      test,
      '--label',
      'label',
    ];
    const leaked = JSON.parse((await type('gate', ...files('leaked.csv'), '--json')).out) as Said;
    expect(leaked).toMatchObject({ verdict: 'hold', code: 'DL_TEST_LEAKED', labelsNeeded: 3 });
    expect(leaked.fix).toContain('test on rows that came later');
    expect(leaked.sentence).toContain(
      'The challenger has learnt from 3 of the 500 test rows, which it answers by heart',
    );
    expect(leaked.checks.find(({ name }) => name === 'lineage.champion')).toMatchObject({ result: 'hold' });

    writeFileSync(path.join(folder, 'pinned-learnt.csv'), `${header}\n${seen[0]}\n`);
    const pinned = await gate('v1', 'v2', '--pinned', 'pinned-learnt.csv', '--json');
    expect(JSON.parse(pinned.out)).toMatchObject({ verdict: 'reject', code: 'DL_GOLDEN_LEARNT' });

    cpSync(path.join(folder, 'v2'), path.join(folder, 'unlisted'), { recursive: true });
    rmSync(path.join(folder, 'unlisted/learnt.json'));
    const unknown = await gate('v1', 'unlisted');
    expect(unknown.out).toContain('Whether the challenger has learnt from test rows is not known');
    expect(unknown.out).toMatch(/^Passed the gate/);
  },
);

test('a config says what the gate asks; what is broken is named', hasDigits, async () => {
  const columns = Array.from({ length: 64 }, (_, i) => `p${i}: number()`).join(', ');
  const entry = fileURLToPath(new URL('../../index.ts', import.meta.url));
  const labels = JSON.stringify(Array.from({ length: 10 }, (_, i) => String(i)));
  writeFileSync(
    path.join(folder, 'driftloop.config.ts'),
    `import { classification, defineDriftloop, defineModel, number } from ${JSON.stringify(entry)};
export default defineDriftloop({ models: [defineModel({
  name: 'digits', task: classification({ labels: ${labels} }), input: { ${columns} },
  gate: {
    thresholds: [{ metric: 'macroF1', lowerBound: 0.8 }, { metric: 'logLoss', change: { absolute: 0 } }],
    flipsAtMost: 0.1, artifact: { megabytesAtMost: 5, p99MsAtMost: 0.000001 },
  },
})] });\n`,
  );
  const { code, out, err } = await gate('v1', 'v2', '--config', 'driftloop.config.ts', '--json');
  expect(code, err).toBe(0);
  const { verdict, sentence, checks } = JSON.parse(out) as {
    verdict: string;
    sentence: string;
    checks: { name: string; result: string }[];
  };
  expect(Object.fromEntries(checks.map(({ name, result }) => [name, result]))).toEqual({
    'accuracy.difference': 'pass',
    'lineage.challenger': 'pass',
    'lineage.champion': 'pass',
    'macroF1.lowerBound': 'pass',
    'logLoss.change.absolute': 'pass',
    flips: 'pass',
    'artifact.size': 'pass',
    'artifact.latency': 'fail',
  });
  expect(verdict).toBe('reject');
  expect(sentence).toContain('The slowest answer of a hundred');
});

test('a pinned row that is answered wrong blocks', hasDigits, async () => {
  const [header, ...lines] = readFileSync(path.join(folder, 'test.csv'), 'utf8').trimEnd().split('\n');
  // A row under a label that it has not: nobody answers it "right".
  const wrong = lines[0]!.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
  writeFileSync(path.join(folder, 'pinned.csv'), `${header}\n${wrong}\n`);
  const { out } = await gate('v1', 'v2', '--pinned', 'pinned.csv', '--json');
  expect(JSON.parse(out)).toMatchObject({
    verdict: 'reject',
    sentence: 'Rejected: 0 of 1 pinned cases are answered right.',
  });
});

test('versions that answer different questions are not compared', hasDigits, async () => {
  const rows = (n: number, from = 0) =>
    Array.from({ length: n }, (_, i) => `${((from + i) * 37) % 101},${i % 2 === 0 ? 'up' : 'down'}`);
  writeFileSync(path.join(folder, 'other.csv'), `a,label\n${rows(80).join('\n')}\n`);
  writeFileSync(path.join(folder, 'unseen.csv'), `a,label\n${rows(40, 100).join('\n')}\n`);
  const files = ['--train', 'other.csv', '--test', 'unseen.csv', '--label', 'label', '--out', 'other'];
  const trained = await type('finetune', ...files);
  expect(trained.code, trained.err).toBe(0);
  const { code, err } = await gate('other', 'v2');
  expect(code).toBe(1);
  expect(err).toContain('DL_GATE_UNFIT');
  expect(err).toContain('the champion knows the label "');
});

test('numbers are judged by the tolerance of a config, and bounded by how far they are off', async () => {
  const rents = (name: string, rows: number, perMetre: number, from = 0) =>
    writeFileSync(
      path.join(folder, name),
      `size,rent\n${Array.from({ length: rows }, (__, at) => {
        const i = from + at;
        const size = 20 + ((i * 37) % 80) + (i % 7) / 7 + from / 1e5;
        return `${size},${(perMetre * size + ((i * 13) % 10)).toFixed(2)}`;
      }).join('\n')}\n`,
    );
  rents('old.csv', 200, 10);
  rents('new.csv', 400, 14);
  rents('newest.csv', 400, 14, 400);
  writeFileSync(path.join(folder, 'apart.csv'), 'size,rent\n12,140\n13.5,160\n17,200\n');
  for (const [train, out] of [
    ['old.csv', 'rent-1'],
    ['new.csv', 'rent-2'],
  ] as const) {
    const files = ['--train', train, '--test', 'apart.csv', '--label', 'rent', '--out', out];
    const trained = await type('finetune', ...files);
    expect(trained.code, trained.err).toBe(0);
  }
  const both = ['--champion', 'rent-1', '--challenger', 'rent-2', '--test', 'newest.csv', '--label', 'rent'];
  const judge = (...more: string[]) => type('gate', ...both, ...more);
  const without = await judge();
  expect(without.code).toBe(1);
  expect(without.err).toContain('nothing says how far off a good one may be');

  writeFileSync(
    path.join(folder, 'rent.config.ts'),
    `export default { models: [{ name: 'rent', task: { kind: 'regression', tolerance: 40 },
       input: { size: { kind: 'number' } }, gate: { thresholds: [{ metric: 'mae', change: { absolute: 0 } }] } }] };`,
  );
  const judged = await judge('--config', 'rent.config.ts', '--json');
  const { verdict, checks } = JSON.parse(judged.out) as { verdict: string; checks: { name: string }[] };
  expect(verdict, judged.out).toBe('promote');
  expect(checks.map(({ name }) => name)).toContain('mae.change.absolute');
});
