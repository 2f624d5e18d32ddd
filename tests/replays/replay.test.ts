import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, Runtime, Worker, makeTelemetryFilterString } from '@temporalio/worker';
import { beforeAll, expect, test } from 'vitest';
import { workflowBundle } from '../../infra/temporal/workflow-bundle.ts';
import * as workflows from '../../workflows/index.ts';

/** Histories that an earlier state of the code has written, against the code of today. See record.ts. */
const folder = fileURLToPath(new URL('histories', import.meta.url));
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((n) => n.endsWith('.json'));
const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');

type Bundle = { code: string };
let bundles: { plain: Bundle; traced: Bundle };
beforeAll(async () => {
  const logger = new DefaultLogger('ERROR');
  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
  Runtime.install({ logger, telemetryOptions: { logging: { filter } } });
  const [plain, traced] = [await workflowBundle({ logger }), await workflowBundle({ logger, traced: true })];
  bundles = { plain, traced };
}, 120_000);

const replay = (json: string, workflowBundle: Bundle = bundles.plain) =>
  Worker.runReplayHistory({ workflowBundle, replayName: 'recorded' }, JSON.parse(json));

test.each(names)('%s goes on as it began', async (name) => {
  await expect(replay(read(name))).resolves.toBeUndefined();
});

/** The longest history of each workflow: what carries traces is wrapped around all of them alike. */
const byLength = names.toSorted((a, b) => read(a).length - read(b).length);
const longest = [...new Map(byLength.map((name) => [path.basename(name), name])).values()];
test.each(longest)('%s goes on where traces have been switched on since', async (name) => {
  await expect(replay(read(name), bundles.traced)).resolves.toBeUndefined();
});

test('what carries traces is in the bundle only where they are on', () => {
  const carries = ({ code }: Bundle) => code.includes('_tracer-data');
  expect([carries(bundles.plain), carries(bundles.traced)]).toEqual([false, true]);
});

test('every workflow has a history', () => {
  const types = new Set(names.map((name) => path.basename(name, '.json')));
  expect([...types].sort()).toEqual(Object.keys(workflows).sort());
});

test('a history that the code would not write any more is found out', async () => {
  const story = 'an-earlier-version-comes-back';
  // As if today's code asked for the champion's health after it began to train.
  for (const [type, was, is] of [
    ['retrain', '"triage"', '"planRun"'],
    ['rollout', '"setShare"', '"promoteChallenger"'],
  ] as const) {
    const changed = read(`${story}/${type}.json`).replaceAll(
      `"activityType":{"name":${was}}`,
      `"activityType":{"name":${is}}`,
    );
    expect(changed).not.toBe(read(`${story}/${type}.json`));
    await expect(replay(changed)).rejects.toMatchObject({ name: 'DeterminismViolationError' });
  }
});
