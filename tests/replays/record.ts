/**
 * Records the histories that replay.test.ts replays: stories on a real Temporal server, with scripted activities.
 *
 *     npm run record
 *
 * Only for stories that are not recorded yet. A recorded history is what runs somewhere in production: code that
 * cannot replay it needs `patched()`, not a new recording.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { DriftloopError } from '../../domain/errors.ts';
import { workflowIds } from '../../domain/names.ts';
import { createDrillAligner, createScheduleAligner } from '../../infra/temporal/schedules.ts';
import { openQuestion, supersede } from '../../workflows/listen.ts';
import {
  alertRow,
  diagnosed,
  holdingGate,
  rolloutOf,
  scriptedLoop,
  settings,
} from '../fakes/scripted-loop.ts';
import type { Scripted } from '../fakes/scripted-loop.ts';
import { startTestTemporal } from '../support/test-temporal.ts';
import type { Teller } from '../support/test-temporal.ts';
import { until } from '../workflows/loop-environment.ts';

const folder = fileURLToPath(new URL('histories', import.meta.url));

type Story = { scripted: Scripted; tell: (teller: Teller, scripted: Scripted) => Promise<void> };
type Activities = Scripted['activities'];

const quickly = rolloutOf(200, { canary: [0.05, 0.25] });
const scripted = (script: Partial<Activities>, change: Parameters<typeof settings>[0] = {}) =>
  scriptedLoop({
    watchForTrigger: async () => ({ kind: 'quiet', lookAgainInMs: 3_600_000 }),
    beginRun: async () => settings({ rollout: quickly, ...change }),
    ...script,
  });

const run = (client: Client, namespace: string) =>
  client.workflow.getHandle(workflowIds.retrain(namespace, 'meter'));

/** Asks for a run, lets `act` speak to it, and waits until it is over and its supervisor has heard of it. */
const aRun =
  (
    act: (teller: Teller & { runId: string; scripted: Scripted }) => Promise<unknown> = async () => {},
  ): Story['tell'] =>
  async (teller, told) => {
    const { runId } = await teller.loop.requestRun('meter', { by: 'anna', reason: 'try' });
    await act({ ...teller, runId, scripted: told });
    await until(() => told.outcomes.has(runId), 60_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
  };

const isAsked = ({ client, namespace }: Teller) =>
  until(async () => (await run(client, namespace).query(openQuestion)) !== null, 30_000);

/** As a production without labels: they are not there, and will not come soon. */
const noLabels: Activities['awaitLabels'] = async ({ untilSeq }) => ({
  labelled: untilSeq - 1,
  isEnough: false,
  lookAgainInMs: 3_600_000,
});

/** As the store does it: a word about what is not so any more is refused, and the next look is at what is so now. */
function corrected(): Scripted {
  const loop = scripted(
    {},
    { approval: { required: true, timeoutMs: 3_600_000, onTimeout: 'hold', notifies: true } },
  );
  const { recordDecision, evaluateChallenger } = loop.activities;
  loop.activities.recordDecision = async (given) => {
    if (loop.approval.outdated === null) return await recordDecision(given);
    throw new DriftloopError('DL_APPROVAL_VOID', '3 of the 412 rows that tested have another label now.', {
      fix: 'The gate looks again.',
    });
  };
  loop.activities.evaluateChallenger = async (look) => {
    if (look.look > 1) {
      const boundTo = { ...loop.approval.boundTo, report: 'report-2', test: 'test-2' };
      Object.assign(loop.approval, { outdated: null, boundTo });
    }
    return await evaluateChallenger(look);
  };
  return loop;
}

const stories: Record<string, Story> = {
  'an alert, held twice, approved, rolled out in two steps': {
    scripted: scripted(
      {
        watchForTrigger: async ({ inFlight, alerts }) =>
          inFlight === null && alerts.length > 0
            ? {
                kind: 'trigger',
                runId: 'run-1',
                trigger: { kind: 'regret', firedAt: alerts[0]!.startsAt, reason: 'bad' },
              }
            : { kind: 'quiet', lookAgainInMs: 3_600_000 },
        evaluateChallenger: async ({ look, cutSeq }) => ({
          verdict:
            look < 3
              ? { kind: 'hold', labelsNeeded: 25, sentence: 'Held.' }
              : { kind: 'promote', by: 'evidence', sentence: 'Better.' },
          rows: look * 25,
          nextLookAtSeq: cutSeq + look * 25,
        }),
      },
      { approval: { required: true, timeoutMs: 3_600_000, onTimeout: 'reject', notifies: true } },
    ),
    async tell(teller, { outcomes }) {
      await teller.loop.alertFired(alertRow());
      await until(
        () =>
          run(teller.client, teller.namespace)
            .query(openQuestion)
            .then(Boolean, () => false),
        30_000,
      );
      await teller.loop.decide(
        { id: 'run-1', model: 'meter' },
        { kind: 'approve', by: 'ben', roles: ['approver'], reason: 'looks right' },
      );
      await until(() => outcomes.has('run-1'), 60_000);
      await new Promise((resolve) => setTimeout(resolve, 500));
    },
  },
  'an earlier version comes back': {
    scripted: scripted({
      triage: async () => ({
        ...diagnosed('recurring', 'reuse'),
        recalled: { version: 'v1', digest: 'digest-1', champion: 'v2', sentence: 'v1 fits.' },
      }),
    }),
    tell: aRun(),
  },
  'suggested, and a person says no': {
    scripted: scripted({}, { mode: 'suggest' }),
    tell: aRun(async (teller) => {
      await isAsked(teller);
      const decision = { kind: 'reject', by: 'ben', roles: ['approver'], reason: 'not now' } as const;
      await teller.loop.decide({ id: teller.runId, model: 'meter' }, decision);
    }),
  },
  'held, and superseded': {
    scripted: scripted({ awaitLabels: noLabels }),
    tell: aRun(async ({ client, namespace }) => {
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      await run(client, namespace).signal(supersede, { sentence: 'v1 is worse still.' });
    }),
  },
  'paused in the middle of a rollout, resumed, aborted': {
    scripted: scripted({}, { rollout: rolloutOf(1_500, { shadow: true, canary: [0.05, 0.25], bake: true }) }),
    tell: aRun(async ({ loop, client, namespace, runId }) => {
      const rollout = client.workflow.getHandle(workflowIds.rollout(namespace, 'meter'));
      await until(() => rollout.describe().then(Boolean, () => false), 30_000);
      await loop.pause('meter', 'anna');
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      await loop.resume('meter', 'anna');
      await new Promise((resolve) => setTimeout(resolve, 500));
      const by = 'anna';
      await loop.steer('meter', { runId, by, kind: 'pause', reason: 'lunch' });
      await loop.steer('meter', { runId, by, kind: 'resume', reason: null });
      await loop.steer('meter', { runId, by, kind: 'skip', reason: 'known to be well' });
      await new Promise((resolve) => setTimeout(resolve, 500));
      await loop.steer('meter', { runId, by, kind: 'abort', reason: 'customers complain' });
    }),
  },
  'cancelled while a snapshot cannot be cut': {
    scripted: scripted({
      cutSnapshot: async () => {
        throw new Error('the database is away');
      },
    }),
    tell: aRun(async ({ client, namespace }) => {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await run(client, namespace).cancel();
    }),
  },
  'forced against the gate, agreed by two, the first of them void': {
    scripted: scripted(holdingGate('Held.'), {
      approval: { required: true, timeoutMs: 3_600_000, onTimeout: 'escalate', notifies: false },
    }),
    tell: aRun(async (teller) => {
      const { loop, runId, scripted: told } = teller;
      const waiting = { id: runId, model: 'meter' };
      const says = (by: string) => ({ kind: 'approve', by, roles: ['approver'], reason: 'agreed' }) as const;
      told.approval.policy = { ...told.approval.policy, quorum: 2 };
      await until(() => told.phases().includes('holding'), 30_000);
      await loop.force(waiting, { by: 'root', reason: 'the old one is down' });
      await isAsked(teller);
      await loop.decide(waiting, says('ben'));
      told.approval.boundTo = { ...told.approval.boundTo, policy: 'policy-2' };
      await loop.decide(waiting, says('cleo'));
      await loop.decide(waiting, says('ben'));
    }),
  },
  'labels of the test are corrected between two words, and it is asked anew': {
    scripted: corrected(),
    tell: aRun(async (teller) => {
      const { loop, runId, scripted: told } = teller;
      const waiting = { id: runId, model: 'meter' };
      const says = (by: string) => ({ kind: 'approve', by, roles: ['approver'], reason: 'agreed' }) as const;
      told.approval.policy = { ...told.approval.policy, quorum: 2 };
      await isAsked(teller);
      await loop.decide(waiting, says('ben'));
      told.approval.outdated = { tested: 412, relabelled: 3, withdrawn: 0, golden: 0 };
      await loop.decide(waiting, says('cleo')).catch(() => {});
      await until(() => told.inputsOf('evaluateChallenger').length > 1, 30_000);
      await isAsked(teller);
      for (const by of ['ben', 'cleo']) await loop.decide(waiting, says(by));
    }),
  },
  'handed over to a team of its own, after two tries': {
    scripted: scripted(
      {
        deliverVersion: (() => {
          let tries = 0;
          return async () => {
            tries += 1;
            if (tries < 3) throw new Error('503');
          };
        })(),
        awaitProduction: (() => {
          let looks = 0;
          return async () => ({ isAnswering: (looks += 1) > 1, sentence: 'v2 answered all' });
        })(),
      },
      { handover: { deliverWithinMs: 60_000, deployWithinMs: 60_000 } },
    ),
    tell: aRun(),
  },
  'a slot of the schedule': {
    scripted: scripted({}),
    async tell({ loop, client, namespace }) {
      await loop.ensureSupervisor('meter');
      await createScheduleAligner(client, namespace)('meter', '0 3 * * 1');
      await client.schedule.getHandle(`${namespace}/schedule/meter`).trigger();
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      await client.schedule.getHandle(`${namespace}/schedule/meter`).delete();
    },
  },
  'a drill of the way back': {
    scripted: scripted({}),
    async tell({ client, namespace }, told) {
      await createDrillAligner(client, namespace)('meter', '0 6 * * 1');
      const drills = client.schedule.getHandle(`${namespace}/drills/meter`);
      await drills.trigger();
      await until(() => told.inputsOf('drillRollback').length > 0, 30_000);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      await drills.delete();
    },
  },
};

/** Every workflow that a story has begun, by type and story; names of machines, processes and folders are left out. */
async function keep(story: string, { client, namespace }: Teller): Promise<void> {
  const place = path.join(folder, story.replaceAll(/[^a-z]+/g, '-'));
  await mkdir(place, { recursive: true });
  const ids = [workflowIds.supervise, workflowIds.retrain, workflowIds.rollout].map((id) =>
    id(namespace, 'meter'),
  );
  for await (const { workflowId } of client.workflow.list()) {
    if (['schedule', 'drills', 'notice'].some((of) => workflowId.startsWith(`${namespace}/${of}/`)))
      ids.push(workflowId);
  }
  for (const id of ids) {
    const handle = client.workflow.getHandle(id);
    const known = await handle.describe().catch(() => null);
    if (known === null) continue;
    const json = historyToJSON(await handle.fetchHistory())
      .replaceAll(/\d+@[\w.-]+/g, 'worker')
      .replaceAll(/"stackTrace": "(?:[^"\\]|\\.)*"/g, '"stackTrace": ""');
    await writeFile(path.join(place, `${known.type}.json`), `${JSON.stringify(JSON.parse(json))}\n`);
  }
}

const temporal = await startTestTemporal();
for (const [name, { scripted: loop, tell }] of Object.entries(stories)) {
  if (existsSync(path.join(folder, name.replaceAll(/[^a-z]+/g, '-')))) continue;
  process.stdout.write(`${name}\n`);
  await temporal.tell(loop, async (teller) => {
    await tell(teller, loop);
    await keep(name, teller);
  });
}
await temporal.stop();
process.exit();
