import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Webhook } from 'standardwebhooks';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootstrapModel } from '../../cli/operate/bootstrap.ts';
import { openDriftloop } from '../../cli/operate/index.ts';
import type { OpenDriftloop } from '../../cli/operate/index.ts';
import { withTuning } from '../../cli/wiring.ts';
import { checkChain } from '../../domain/audit.ts';
import { parseConfig } from '../../domain/config.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { Role } from '../../domain/person.ts';
import type { Run } from '../../domain/run.ts';
import { createMessageLog } from '../../infra/kafka/message-log.ts';
import { startStack, type LocalStack } from '../../infra/local/stack.ts';
import { sha256 } from '../../infra/postgres/digests.ts';
import { startInstallation, type Installation } from '../support/installation.ts';
import { uniform } from '../../statistics/binomial-draw.ts';
import { until } from '../workflows/loop-environment.ts';

/**
 * Three models on the real services, served by a team's own server. The world turns; two people approve the challenger
 * that the first model trains. The others try the same version: one person rejects it, and about the third nobody says
 * anything in time.
 */

const secret = `whsec_${Buffer.from('a secret that nobody else has seen').toString('base64')}`;
const token = 'the-token-of-this-test';
const models = ['agreed', 'refused', 'forgotten'] as const;
type Name = (typeof models)[number];
/** They try what the first has learnt. */
const others = ['refused', 'forgotten'] as const;

let folder: string;
let stack: LocalStack;
let installation: Installation;
let team: Awaited<ReturnType<typeof startTeam>>;
let produce: Awaited<ReturnType<typeof startProduction>>;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-approvals-'));
  [stack, team] = await Promise.all([
    startStack({
      stateDir: path.join(folder, 'stack'),
      keepData: false,
      prometheus: { scrapeIntervalMs: 1_000 },
    }),
    startTeam(),
  ]);
  const config = parseConfig({ namespace: 'alpha', models: models.map(declare) });
  const artifacts = path.join(folder, 'artifacts');
  installation = await startInstallation(stack, config, {
    folder,
    token,
    artifacts,
    env: { DRIFTLOOP_HANDOVER_SECRET: secret, DRIFTLOOP_APPROVAL_SECRET: secret },
    roles: ['monitor', 'worker', 'worker-gpu', 'console'],
  });
  await stack.reloadAlertmanager({
    webhookUrl: `${installation.address('console')}/alerts`,
    bearerToken: token,
  });
  await bootstrap(config.models[0]!, artifacts);
  produce = await startProduction();
  for (const [name, role] of [
    ['ada', 'approver'],
    ['ben', 'approver'],
    ['otto', 'operator'],
  ] as const)
    tokens[name] = await tokenFor(name, role);
});
afterAll(async () => {
  await Promise.all([produce?.close(), installation?.stop(), team?.stop()]);
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

const declare = (name: Name) => ({
  name,
  task: { kind: 'classification', labels: ['A', 'B'] },
  input: { x: { kind: 'number' }, y: { kind: 'number' } },
  fineTune: { method: 'full', minSteps: 200, maxSteps: 400 },
  retrain: { cooldown: '1s', price: 30 },
  approval: {
    required: true,
    ...(name === 'agreed' ? { quorum: 2 } : {}),
    ...(name === 'forgotten' ? { timeout: '2s' } : {}),
    notify: { webhook: `${team.address}/chat` },
  },
  serving: { kind: 'outside', webhook: `${team.address}/versions` },
});

/** The first champion of all of them, trained once. */
async function bootstrap(model: ModelConfig, artifacts: string): Promise<void> {
  const rows = world('old', 400, 1);
  const { stores } = installation;
  const { digest } = await withTuning({ artifacts }, (tuning) =>
    bootstrapModel({
      model,
      rows: rows.map(({ input }) => input),
      labels: rows.map(({ label }) => label),
      stores,
      tuning,
      person: { name: 'a test', via: 'local' },
    }),
  );
  for (const other of others) {
    await register(other, digest);
    await stores.routes.promote(other, 'v1', { by: 'a test', because: 'the same artifact' });
  }
}

const register = (model: Name, digest: string) =>
  installation.stores.versions.register({
    model,
    digest,
    parent: null,
    runId: null,
    snapshotId: null,
    trainSeconds: null,
    accuracyOnTest: null,
  });

const tokenFor = async (name: string, role: Role): Promise<string> => {
  const grants = [{ role, model: '*' }];
  const made = { name, grants, expiresAt: null, by: 'a test', via: 'local' } as const;
  return (await installation.stores.tokens.create(made)).secret;
};

/** Points of a square; the line between A and B turns by a right angle, so that half of the old answers are wrong. */
type Point = { input: { x: number; y: number }; label: string; old: string };
function world(age: 'old' | 'new', count: number, seed: number): Point[] {
  const random = uniform(seed);
  return Array.from({ length: count }, () => {
    const [x, y] = [2 * random() - 1, 2 * random() - 1];
    const old = x + y > 0 ? 'A' : 'B';
    return { input: { x, y }, old, label: age === 'old' ? old : x - y > 0 ? 'A' : 'B' };
  });
}

/** Production says what it answered, and what was right. */
async function startProduction() {
  const { kafka, namespace } = installation.environment;
  const log = await createMessageLog({ kafka, namespace });
  return {
    /** `version` answers by what it has learnt. */
    async send(model: Name, points: readonly Point[], version = 'v1'): Promise<void> {
      const at = new Date().toISOString();
      const sent = points.map(({ input, label, old }) => {
        const answer = version === 'v1' ? old : label;
        const scores = { A: answer === 'A' ? 0.9 : 0.1, B: answer === 'B' ? 0.9 : 0.1 };
        return {
          predictionId: uuidv7(),
          model,
          version,
          input,
          output: { label: answer, scores },
          at,
          label,
        };
      });
      await log.publishPredictions(sent.map(({ label: _label, ...prediction }) => prediction));
      await log.publishFeedback(
        sent.map(({ predictionId, label }) => ({
          feedbackId: `of-${predictionId}`,
          predictionId,
          kind: 'label' as const,
          value: label,
          at,
          source: 'production',
        })),
      );
    },
    close: () => log.close(),
  };
}

/** The team's own servers: what it is handed, and its chat. */
async function startTeam() {
  const heard: { path: string; body: Record<string, unknown> }[] = [];
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString('utf8');
      const headers = Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)]));
      const body = new Webhook(secret).verify(text, headers) as Record<string, unknown>;
      heard.push({ path: request.url ?? '', body });
      response.writeHead(204).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** What the chat was told of a model, in its order. */
    toldOf: (model: Name) =>
      heard.flatMap(({ path: at, body }) =>
        at === '/chat' && (body['data'] as { model: string }).model === model ? [body['type']] : [],
      ),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const runOf = async (model: Name): Promise<Run | undefined> =>
  (await installation.stores.runs.list({ model }))[0];
const phaseOf = async (model: Name) => (await runOf(model))?.phase;
const storyOf = async (model: Name) => installation.stores.runs.story((await runOf(model))!.id);
const ask = (who: string, at: string, body?: object) =>
  fetch(`${installation.address('console')}${at}`, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { authorization: `Bearer ${tokens[who]}` },
  });

/** A program that has somebody's token. */
async function operateAs<T>(who: string, operate: (driftloop: OpenDriftloop) => Promise<T>): Promise<T> {
  const driftloop = await openDriftloop({ ...installation.variables, DRIFTLOOP_TOKEN: tokens[who] ?? token });
  try {
    return await operate(driftloop);
  } finally {
    await driftloop.close();
  }
}

/** A browser in which somebody has signed in, reads the page of the decision, and sends its form. */
async function decideInConsole(who: string, runId: string, fields: Record<string, string>): Promise<string> {
  const page = `${installation.address('console')}/runs/${runId}/approve`;
  const entered = await fetch(`${page}?token=${tokens[who]}`, { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
  const read = await (await fetch(page, { headers: { cookie, accept: 'text/html' } })).text();
  const hidden = (name: string) =>
    new RegExp(`name="${name}" value="([^"]*)"`).exec(read)![1]!.replaceAll('&quot;', '"');
  const answer = await fetch(page.replace(/approve$/, 'decide'), {
    method: 'POST',
    headers: { cookie, accept: 'text/html' },
    body: new URLSearchParams({ ...fields, csrf: hidden('csrf'), boundTo: hidden('boundTo') }),
  });
  expect(answer.status).toBe(200);
  return read;
}

test('drift, a run, a hold for lack of labels, and the labels: every challenger comes to the people', async () => {
  const each = (act: (model: Name) => Promise<unknown>) => Promise.all(models.map(act));
  const { examples, versions } = installation.stores;
  await produce.send('agreed', world('old', 320, 2));
  await until(async () => (await examples.labelled('agreed')) === 320, 30_000);
  await produce.send('agreed', world('new', 300, 3));
  await until(async () => (await runOf('agreed'))?.version === 'v2', 60_000);
  expect((await runOf('agreed'))?.trigger.kind).toBe('regret');
  const { digest } = await versions.get('agreed', 'v2');
  for (const other of others) {
    const { version } = await register(other, digest);
    await operateAs('otto', ({ run }) => run.start(other, { reason: 'trained elsewhere', version }));
  }
  await until(
    async () => (await Promise.all(others.map(runOf))).every((run) => run?.version === 'v2'),
    30_000,
  );

  // These both versions answer alike: they prove nothing.
  const alike = world('new', 200, 4).filter(({ old, label }) => old === label);
  await each((model) => produce.send(model, alike.slice(0, 30)));
  await until(
    async () => (await Promise.all(models.map(phaseOf))).every((phase) => phase === 'holding'),
    30_000,
  );
  await each((model) => produce.send(model, world('new', 100, 5)));
  await until(async () => {
    const stories = await Promise.all(models.map(storyOf));
    return stories.every((story) => story.some(({ phase }) => phase === 'waiting-for-approval'));
  }, 60_000);
  expect((await runOf('agreed'))?.verdict).toMatchObject({ kind: 'promote', by: 'evidence' });
});

test('two people approve, the second in the console; then it is handed over, and becomes champion', async () => {
  const { id } = (await runOf('agreed'))!;
  const dossier = (await (await ask('ada', `/api/runs/${id}/dossier`)).json()) as {
    approval: { boundTo: object };
    flips: { fixed: number; examples: { input: object | null }[] };
  };
  expect(dossier.flips.fixed).toBeGreaterThan(20);
  expect(dossier.flips.examples[0]!.input).toHaveProperty('x');
  const { boundTo } = dossier.approval;
  const approve = { reason: 'better everywhere', boundTo };
  expect((await ask('otto', `/api/runs/${id}/approve`, approve)).status).toBe(403);
  const stale = { ...approve, boundTo: { ...boundTo, test: 'another test set' } };
  const refused = (await (await ask('ada', `/api/runs/${id}/approve`, stale)).json()) as object;
  expect(refused).toMatchObject({ error: { code: 'DL_APPROVAL_VOID' } });
  expect((await ask('ada', `/api/runs/${id}/approve`, approve)).status).toBe(200);
  expect((await ask('ada', `/api/runs/${id}/approve`, approve)).status).toBe(409);

  const read = await decideInConsole('ben', id, { kind: 'approve', reason: 'agreed' });
  expect(read).toContain('Replace v1 by v2?');
  expect(read).toContain('2 approvals are needed. 1 more to come.');
  await until(async () => (await phaseOf('agreed')) === 'rollout', 30_000);
  expect((await ask('ben', `/api/runs/${id}/reject`, { reason: 'too late' })).status).toBe(409);

  // Production goes on, with the version that it was handed, until the loop has seen that.
  await until(async () => {
    await produce.send('agreed', world('new', 60, 6), 'v2');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return (await runOf('agreed'))?.outcome !== null;
  }, 30_000);
  expect((await runOf('agreed'))?.outcome).toMatchObject({ kind: 'promoted', version: 'v2' });
  expect(team.toldOf('agreed')).toEqual(['driftloop.approval.requested', 'driftloop.approval.decided']);
});

test('one who rejects says why, and nothing changes', async () => {
  const { id } = (await runOf('refused'))!;
  expect((await ask('ben', `/api/runs/${id}/reject`, {})).status).toBe(400);
  await decideInConsole('ben', id, { kind: 'reject', reason: 'The fair is on until Monday.' });
  await until(async () => (await runOf('refused'))?.outcome !== null, 30_000);
  expect((await runOf('refused'))?.outcome).toEqual({
    kind: 'rejected',
    version: 'v2',
    sentence: 'ben rejects v2: The fair is on until Monday.',
  });
  expect((await installation.stores.versions.champion('refused'))?.version).toBe('v1');
});

test('nobody answered: the question has ended by itself, and the chat was told', async () => {
  await until(async () => (await runOf('forgotten'))?.outcome !== null, 30_000);
  expect((await runOf('forgotten'))?.outcome).toMatchObject({
    kind: 'rejected',
    sentence: 'Nobody approved v2 in time, and approval.onTimeout is "reject".',
  });
  await until(async () => team.toldOf('forgotten').length === 2, 10_000);
  expect(team.toldOf('forgotten')).toEqual(['driftloop.approval.requested', 'driftloop.approval.timed-out']);
});

test('a program has the nouns of the command line, and the rights of whoever it acts for', async () => {
  const { id } = (await runOf('refused'))!;
  await operateAs('otto', async ({ run, model }) => {
    expect((await model.get('refused')).runs.map((found) => found.id)).toEqual([id]);
    await expect(run.reject(id, { reason: 'I may not' })).rejects.toMatchObject({ code: 'DL_FORBIDDEN' });
    const told: string[] = [];
    for await (const { sentence } of run.watch(id)) told.push(sentence);
    expect(told.at(-1)).toBe('ben rejects v2: The fair is on until Monday.');
    expect((await run.explain(id)).explained.map(({ says }) => says).join(' ')).toContain('The fair is on');
    expect(await run.verify(id)).toMatchObject({ isEqual: true, differences: [] });
  });
  // The installation's own token is an admin's.
  await operateAs('nobody', async ({ audit, version, rollout }) => {
    expect(await audit.verify()).toMatchObject({ intact: true });
    expect((await version.list('agreed')).map((found) => [found.version, found.role])).toContainEqual([
      'v2',
      'champion',
    ]);
    expect(await rollout.get('agreed')).toBeNull();
    await expect(rollout.abort('agreed', 'too late')).rejects.toMatchObject({ code: 'DL_NO_ROLLOUT' });
  });
});

test('the audit log tells who decided and who was refused, in a chain that holds', async () => {
  const { audit } = installation.stores;
  const rows = await audit.list({ limit: 200 });
  const of = (model: Name) =>
    rows
      .filter((row) => row.model === model && !['a test', 'gate'].includes(row.by))
      .map((r) => [r.action, r.by, r.refused]);
  expect(of('agreed')).toEqual([
    ['access', 'otto', 'DL_FORBIDDEN'],
    ['approve', 'ada', 'DL_APPROVAL_VOID'],
    ['approve', 'ada', null],
    ['approve', 'ada', 'DL_ALREADY_DECIDED'],
    ['approve', 'ben', null],
    ['access', 'ben', 'DL_RUN_NOT_WAITING'],
  ]);
  expect(of('refused')).toEqual([
    ['start', 'otto', null],
    ['access', 'ben', 'DL_REASON_NEEDED'],
    ['reject', 'ben', null],
    ['access', 'otto', 'DL_FORBIDDEN'],
  ]);
  // What the gate held for too few rows is there, too.
  expect(rows.filter(({ by }) => by === 'gate').map(({ refused }) => refused)).toContain('DL_GATE_FEW_ROWS');
  expect(await checkChain(audit.all(), sha256)).toMatchObject({ intact: true });
});
