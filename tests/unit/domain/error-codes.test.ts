import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Hono } from 'hono';
import { KafkaJSProtocolError } from 'kafkajs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { chooseProduction } from '../../../cli/demo/choose-production.ts';
import { playOf } from '../../../cli/demo/examples.ts';
import { createServingClient } from '../../../cli/demo/http-client.ts';
import { untilServing } from '../../../cli/demo/session.ts';
import { readEnvironment } from '../../../cli/environment.ts';
import { startRoleProcess } from '../../../cli/local/role-process.ts';
import { createDoor } from '../../../cli/roles/door.ts';
import { listen } from '../../../cli/roles/listen.ts';
import { readSaid } from '../../../console/api.ts';
import { refuseOrphans } from '../../../console/policy/plan-config.ts';
import { createSessions } from '../../../console/session.ts';
import { errorCodes } from '../../../domain/error-codes.ts';
import type { ErrorCode } from '../../../domain/error-codes.ts';
import { parseConfig } from '../../../domain/config.ts';
import { DriftloopError, ourError } from '../../../domain/errors.ts';
import { refuseUnfitName, refuseUnlessMay } from '../../../domain/person.ts';
import { readLabelStudio } from '../../../domain/label-studio.ts';
import { holderOf } from '../../../domain/tokens.ts';
import { checkLogEnd } from '../../../infra/kafka/log-ends.ts';
import { inBatches } from '../../../infra/kafka/message-log.ts';
import { kafkaProblem } from '../../../infra/kafka/reach.ts';
import { debianPackages } from '../../../infra/local/debian.ts';
import { refuseBrokenEnvironment } from '../../../infra/local/preflight.ts';
import { startPostgres } from '../../../infra/local/services/postgres.ts';
import { reachableDirectory } from '../../../infra/local/services/reachable.ts';
import { startService } from '../../../infra/local/services/service.ts';
import { reachPostgres } from '../../../infra/postgres/reach.ts';
import { reachAlertmanager, reachPrometheus } from '../../../infra/prometheus/reach.ts';
import { temporalProblem } from '../../../infra/temporal/connect.ts';
import { PredictorLane } from '../../../infra/tensorflow/predictor-lane.ts';
import { checkOutputs } from '../../../domain/check-output.ts';
import { createRouteFile } from '../../../serving/route-file.ts';
import { findMethod } from '../../../monitors/detectors/find-method.ts';
import { adwin } from '../../../monitors/detectors/streams/adwin.ts';
import { refuseUnfit } from '../../../training/backend-table.ts';
import { checkCounts } from '../../../statistics/invalid-input.ts';
import { answeredRows } from '../../../training/gate/answered-rows.ts';
import { refuseOpenLoop } from '../../bench/loop/options.ts';
import { refuseBroken } from '../../bench/refuse-broken.ts';
import { fakePeople } from '../../fakes/people.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { fakeTools } from '../infra/local/fake-tools.ts';
import { classification } from '../../../domain/task.ts';

/** How to bring each error about: what throws it here, or the test that brings it about and expects it by its code. */
type Provocation = (() => unknown) | `${string}.ts`;

const environment = {
  DATABASE_URL: 'postgres://there/db',
  DRIFTLOOP_TEMPORAL_ADDRESS: 'there:7233',
  DRIFTLOOP_KAFKA_BROKERS: 'there:9092',
  DRIFTLOOP_PROMETHEUS_URL: 'http://there:9090',
  DRIFTLOOP_ARTIFACTS: '/artifacts',
  DRIFTLOOP_TOKEN: 'sixteen-letters-or-more',
};
const read = (change: Record<string, string>) => () => readEnvironment({ ...environment, ...change }, null);

const write = (name: string, text: string, mode = 0o644): string => {
  const file = path.join(tempFolder(), name);
  writeFileSync(file, text, { mode });
  return file;
};

/** A client of a server that answers everything alike. */
async function clientOf(status: number, body: unknown) {
  const server = createServer((_, response) => {
    response.writeHead(status, { connection: 'close' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return createServingClient({ server: address, token: 't', model: 'm', source: 's' });
}

/** What a door answered, as an error. */
async function answered(response: Response | Promise<Response>): Promise<never> {
  const answer = await response;
  const { error } = (await answer.json()) as {
    error: { code: ErrorCode; message: string; fix: string };
  };
  throw new DriftloopError(error.code, error.message, { fix: error.fix, status: answer.status });
}

const setting = (directory: string) => ({
  directory,
  logs: path.join(directory, 'logs'),
  lastPorts: [],
});
const fleet = parseConfig({
  models: [
    {
      name: 'm',
      task: { kind: 'classification', labels: ['a', 'b'] },
      input: { x: { kind: 'number' } },
    },
  ],
});
const ofOther = [{ role: 'viewer', model: 'other' }] as const;
const token = {
  id: 't',
  name: 'ada',
  grants: ofOther,
  createdBy: 'bob',
  createdAt: '2026-02-01T00:00:00.000Z',
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: null,
};
const nowhere = '127.0.0.1:1';
const approvals = 'tests/integration/postgres/approvals.test.ts';
const contract = 'tests/contracts/stores.ts';
const backups = 'tests/integration/backup/round-trip.test.ts';
const restoring = 'tests/integration/backup/command.test.ts';
const commandLine = 'tests/integration/cli.test.ts';
const waiting = 'tests/integration/roles-wait.test.ts';
const files = 'tests/unit/cli/demo/choose-production.test.ts';
const offline = 'tests/unit/cli/offline/finetune-refuses.test.ts';
const serving = 'tests/unit/serving/app.test.ts';
const letters = 'tests/integration/ingest/dead-letters.test.ts';
const loop = 'tests/integration/temporal-loop.test.ts';

const provocations: Record<ErrorCode, Provocation> = {
  DL_ENVIRONMENT_INCOMPLETE: () => readEnvironment({}, null),
  DL_ENVIRONMENT_INVALID: read({ DATABASE_URL: 'localhost', DRIFTLOOP_KAFKA_BROKERS: 'kafka' }),
  DL_ENVIRONMENT_BROKEN: () => refuseBrokenEnvironment({ DRIFTLOOP_KAFKA_BROKERS: nowhere }),
  DL_ARTIFACTS_UNSUPPORTED: read({ DRIFTLOOP_ARTIFACTS: 's3://bucket' }),
  DL_TOKEN_TOO_SHORT: read({ DRIFTLOOP_TOKEN: 'guess-me' }),
  DL_POSTGRES_UNREACHABLE: () => reachPostgres(`postgres://ada:secret@${nowhere}/db`),
  DL_POSTGRES_REFUSED: waiting,
  DL_SCHEMA_OLDER: 'tests/integration/postgres/migrate.test.ts',
  DL_SCHEMA_NEWER: 'tests/integration/postgres/migrate.test.ts',
  DL_KAFKA_UNREACHABLE: waiting,
  DL_KAFKA_REFUSED: () => {
    const said = { type: 'SASL_AUTHENTICATION_FAILED', code: 58, message: 'wrong', retriable: false };
    throw kafkaProblem({ brokers: [nowhere] }, new KafkaJSProtocolError(said as never));
  },
  DL_TOPIC_RECREATED: 'tests/integration/kafka/ingest.test.ts',
  DL_MESSAGES_LOST: async () => {
    const store = { next: async () => 3n } as never;
    await checkLogEnd(
      {
        store,
        clusterId: 'c',
        log: ({ message, fields }) => {
          const { code } = fields as { code: ErrorCode };
          throw new DriftloopError(code, message, { fix: errorCodes[code].fix });
        },
      },
      { topic: 't', partition: 0, low: 5n, high: 9n },
    );
  },
  DL_TEMPORAL_UNREACHABLE: waiting,
  DL_TEMPORAL_REFUSED: () => {
    const said = Object.assign(new Error('no'), { code: 16, details: 'wrong key', metadata: {} });
    throw temporalProblem({ address: nowhere, namespace: 'default' }, said);
  },
  DL_PROMETHEUS_UNREACHABLE: () => reachPrometheus(`http://${nowhere}`),
  DL_PROMETHEUS_REFUSED: 'tests/unit/infra/prometheus/metrics-reader.test.ts',
  DL_ALERTMANAGER_UNREACHABLE: () => reachAlertmanager(`http://${nowhere}`),
  DL_DISK_FULL: 'tests/unit/domain/room.test.ts',

  DL_PORT_IN_USE: async () => {
    const first = await listen(() => new Response(), { port: 0, host: '127.0.0.1' });
    onTestFinished(() => void first.close());
    const { port } = first.address() as AddressInfo;
    await listen(() => new Response(), { port, host: '127.0.0.1' });
  },
  DL_PORT_UNUSABLE: () => listen(() => new Response(), { port: 0, host: '192.0.2.1' }),
  DL_STARTING: () =>
    answered(
      createDoor({ missing: () => [], isLeaving: () => false }).answer(new Request('http://role/v1/models')),
    ),
  DL_DEV_RUNNING: 'tests/unit/cli/dev-file.test.ts',
  DL_STACK_RUNNING: 'tests/integration/local-stack.test.ts',
  DL_ROLE_NOT_READY: () =>
    startRoleProcess({
      name: 'server',
      folder: tempFolder(),
      env: { ...environment, DRIFTLOOP_TOKEN: 'guess-me' },
      onEnded: () => {},
      onGivenUp: () => {},
    }),
  DL_SERVICE_FAILED: () =>
    startService(
      {
        name: 'nothing',
        portCount: 1,
        readyWithinMs: 5_000,
        command: async () => ({ command: 'sh', args: ['-c', 'echo no; exit 1'] }),
        isReady: async () => false,
      },
      setting(tempFolder()),
    ),
  DL_PROCESS_NOT_STARTED: 'tests/unit/infra/local/keeper.test.ts',
  DL_RELOAD_FAILED: 'tests/integration/local-stack.test.ts',
  DL_POSTGRES_VERSION: async () => {
    const postgres = write('postgres', '#!/bin/sh\necho postgres 18.4\n', 0o755);
    const folder = tempFolder();
    for (const open of [folder, path.dirname(postgres)]) chmodSync(open, 0o755);
    mkdirSync(path.join(folder, 'data'));
    writeFileSync(path.join(folder, 'data/PG_VERSION'), '9\n');
    await startPostgres({ postgres, initdb: postgres }, true, setting(folder));
  },
  DL_FOLDER_NOT_OURS: async () => {
    const [temporary, outer] = [tempFolder(), tempFolder()];
    // Nobody else gets through, so that another folder has to serve.
    chmodSync(outer, 0o700);
    const closed = path.join(outer, 'a/b');
    vi.stubEnv('TMPDIR', temporary);
    const asked = vi.spyOn(process, 'getuid').mockReturnValue(4_242);
    onTestFinished(() => {
      vi.unstubAllEnvs();
      asked.mockRestore();
    });
    await reachableDirectory(closed, true, { name: 'nobody', uid: 65_534, gid: 65_534 });
  },
  DL_PART_MISSING: 'tests/unit/infra/local/provision.test.ts',
  DL_TOOL_MISSING: () =>
    debianPackages({ version: '1', names: ['x'] }).install(tempFolder(), fakeTools(), () => {}),
  DL_TOOL_FAILED: 'tests/unit/infra/local/keeper.test.ts',
  DL_DOWNLOAD_FAILED: 'tests/unit/infra/local/download.test.ts',
  DL_CHECKSUM_MISMATCH: 'tests/unit/infra/local/download.test.ts',

  DL_CONFIG_MISSING: commandLine,
  DL_CONFIG_UNREADABLE: 'tests/integration/dev-restart.test.ts',
  DL_CONFIG_INVALID: () => parseConfig({ models: [{}] }),
  DL_BACKUP_EXISTS: backups,
  DL_BACKUP_NOT_WRITTEN: backups,
  DL_BACKUP_UNREADABLE: backups,
  DL_BACKUP_SCHEMA: backups,
  DL_NAMESPACE_NOT_EMPTY: restoring,
  DL_NAMESPACE_IN_USE: restoring,
  DL_NOT_CONFIRMED: restoring,
  DL_CONFIG_ORPHANS_RUN: () =>
    refuseOrphans({
      models: [],
      alerts: { added: [], removed: [], changed: [] },
      orphans: ['Run r1 is under way, and the config has no m any more.'],
    }),
  DL_NAMESPACE_MISMATCH: commandLine,

  DL_UNAUTHORISED: serving,
  DL_FORBIDDEN: () => refuseUnlessMay({ name: 'ada', via: 'local', grants: [] }, 'view', 'm'),
  DL_OTHER_MODEL: () => refuseUnlessMay({ name: 'ada', via: 'local', grants: ofOther }, 'view', 'm'),
  DL_TOKEN_EXPIRED: () => holderOf({ ...token, expiresAt: '2026-03-01T00:00:00.000Z' }, Date.now()),
  DL_TOKEN_REVOKED: () => holderOf({ ...token, revokedAt: '2026-03-01T00:00:00.000Z' }, Date.now()),
  DL_UNKNOWN_TOKEN: 'tests/integration/postgres/people.test.ts',
  DL_NAME_UNFIT: () => refuseUnfitName('driftloop'),
  DL_LOGIN_UNREACHABLE: 'tests/integration/team-login.test.ts',
  DL_LOGIN_FAILED: 'tests/unit/console/team-login.test.ts',
  DL_LOGIN_WITHOUT_ROLE: 'tests/unit/infra/oidc/read-claims.test.ts',
  DL_CSRF: async () => {
    const parts = { ...fakePeople(), token: 'the-token', namespace: 'default', clock: Date.now };
    const sessions = createSessions(parts);
    const app = new Hono();
    app.onError((error, c) => {
      const { code, message, fix, status } = ourError(error)!;
      return c.json({ error: { code, message, fix } }, status as 403);
    });
    app.get('/', async (c) => {
      await sessions.beginWithToken(c, 'the-token');
      return c.text('in');
    });
    app.post('/', sessions.require, (c) => c.text('done'));
    const cookie = (await app.request('/')).headers.get('set-cookie')!.split(';')[0]!;
    await answered(app.request('/', { method: 'POST', headers: { cookie } }));
  },
  DL_NOT_FOUND: serving,
  DL_BODY_NOT_JSON: serving,
  DL_BODY_TOO_LARGE: serving,
  DL_BODY_INVALID: serving,
  DL_INPUT_INVALID: serving,
  DL_TENSOR_INVALID: 'tests/unit/serving/open-inference.test.ts',
  DL_FEEDBACK_INVALID: serving,
  DL_NOT_ASKED: 'tests/unit/console/teach-page.test.ts',
  DL_LABELS_UNREADABLE: () =>
    readLabelStudio({ name: 'm', task: { kind: 'classification', labels: ['A', 'B'] } }, {}, 0),
  DL_MESSAGE_TOO_LARGE: () => inBatches([{ key: 'k', value: 'x'.repeat(1_000_000) }]),
  DL_REQUEST_INVALID: () => readSaid({ reason: 7 }),
  DL_REASON_NEEDED: 'tests/unit/console/app.test.ts',
  DL_ALERT_PAYLOAD_INVALID: 'tests/unit/console/alert-webhook.test.ts',
  DL_INTERNAL: serving,

  DL_MESSAGE_EMPTY: letters,
  DL_MESSAGE_NOT_JSON: letters,
  DL_MESSAGE_INVALID: 'tests/unit/monitors/ingest/read-message.test.ts',
  DL_PREDICTION_TIME: 'tests/unit/monitors/ingest/read-message.test.ts',
  DL_NO_PREDICTION: letters,
  DL_UNKNOWN_LABEL: letters,
  DL_CANNOT_STORE: letters,

  DL_UNKNOWN_MODEL: contract,
  DL_UNKNOWN_VERSION: contract,
  DL_UNKNOWN_RUN: contract,
  DL_UNKNOWN_SNAPSHOT: 'tests/integration/postgres/snapshots.test.ts',
  DL_NO_CHAMPION: contract,
  DL_CHAMPION_LOADING: 'tests/unit/serving/app.test.ts',
  DL_CHAMPION_NOT_LOADED: 'tests/unit/serving/app.test.ts',
  DL_ALREADY_BOOTSTRAPPED: commandLine,
  DL_NO_EARLIER_CHAMPION: commandLine,
  DL_WAY_BACK_BROKEN: 'tests/unit/activities/way-back.test.ts',
  DL_VERSION_NEVER_SERVED: commandLine,
  DL_VERSION_KNOWN: commandLine,
  DL_ARTIFACT_UNFIT: commandLine,
  DL_ARTIFACT_UNSIGNED: 'tests/unit/infra/artifacts/signed-store.test.ts',
  DL_SIGNING_KEY_INVALID: 'tests/unit/infra/artifacts/signed-store.test.ts',
  DL_ARTIFACT_MISSING: 'tests/support/artifact-store-contract.ts',
  DL_ARTIFACT_CORRUPT: 'tests/unit/training/artifact.test.ts',
  DL_SNAPSHOT_CORRUPT: 'tests/integration/postgres/snapshots.test.ts',
  DL_NO_TRAINING_ROWS: 'tests/unit/training/tabular/train-tabular.test.ts',
  DL_SPLITS_LEAK: 'tests/unit/training/data/leakage.test.ts',
  DL_TRAINING_CRASHED: 'tests/integration/trainer.test.ts',
  DL_TRAINING_OUT_OF_MEMORY: 'tests/unit/infra/tensorflow/training-crash.test.ts',
  DL_PROGRAM_NOT_FOUND: 'tests/integration/command-trainer.test.ts',
  DL_PROGRAM_FAILED: 'tests/integration/command-trainer.test.ts',
  DL_MODEL_SERVER_UNREACHABLE: 'tests/unit/infra/model-server/open-inference.test.ts',
  DL_MODEL_SERVER_REFUSED: 'tests/unit/infra/model-server/open-inference.test.ts',
  DL_PROGRAM_NO_ARTIFACT: 'tests/integration/command-trainer.test.ts',
  DL_PROGRAM_ANSWERS_INVALID: 'tests/integration/command-trainer.test.ts',
  DL_PROGRAM_UNTRUSTED: 'tests/unit/cli/refuse-program.test.ts',
  DL_BACKEND_MISSING: 'tests/integration/backends.test.ts',
  DL_BACKEND_UNFIT: () => refuseUnfit('webgpu', { task: 'tabular', method: 'full' }),
  DL_SPOOL_FULL: 'tests/unit/serving/spooled-log.test.ts',
  DL_OUTPUT_INVALID: () => checkOutputs('v1', { kind: 'regression' }, [{ value: Number.NaN }]),
  DL_PREDICTION_CRASHED: async () => {
    const lane = new PredictorLane({
      recycleAfter: Number.POSITIVE_INFINITY,
      onChild: (pid) => void setTimeout(() => process.kill(pid, 'SIGKILL')),
    });
    onTestFinished(() => lane.close());
    await lane.ask({ kind: 'predict', key: 'v1', rows: [] });
  },
  DL_VERSION_CRASHES: 'tests/unit/infra/tensorflow/predictor-lane.test.ts',
  DL_QUEUE_FULL: 'tests/unit/serving/micro-batch.test.ts',
  DL_PREDICTION_LATE: 'tests/unit/serving/micro-batch.test.ts',
  DL_PREDICTOR_CLOSED: 'tests/integration/predictor.test.ts',
  DL_VERSION_NOT_LOADED: 'tests/support/predictor-contract.ts',
  DL_NOT_A_WRITER: 'tests/unit/serving/chat.test.ts',
  DL_WRITERS_BUSY: 'tests/unit/serving/chat.test.ts',
  DL_ANSWER_BROKEN_OFF: 'tests/unit/serving/chat.test.ts',
  DL_CLIENT_GONE: 'tests/unit/serving/chat.test.ts',
  DL_VERSION_NOT_SERVED: 'tests/unit/serving/tf-serving.test.ts',
  DL_ROUTE_FILE_INVALID: () => createRouteFile(write('routes.json', '{')).read(),
  DL_RUN_IN_FLIGHT: loop,
  DL_RUN_NOT_WAITING: loop,
  DL_ALREADY_DECIDED: approvals,
  DL_APPROVAL_VOID: approvals,
  DL_NOT_AN_APPROVER: approvals,
  DL_REQUESTER_DECIDES: approvals,
  DL_RUN_NOT_HELD: 'tests/workflows/retrain.test.ts',
  DL_NO_ROLLOUT: 'tests/workflows/rollout.test.ts',
  DL_ROLLOUT_FROZEN: 'tests/workflows/rollout.test.ts',
  DL_MODEL_PAUSED: loop,
  DL_BUDGET_SPENT: 'tests/unit/cli/within-budget.test.ts',
  DL_SERVED_OUTSIDE: 'tests/integration/cli.test.ts',
  DL_NOT_SERVED_OUTSIDE: 'tests/integration/activities/hand-over.test.ts',
  DL_WEBHOOK_REFUSED: 'tests/integration/activities/hand-over.test.ts',
  DL_WEBHOOK_UNREACHABLE: 'tests/unit/infra/webhook/signed-post.test.ts',
  DL_WEBHOOK_SECRET: 'tests/unit/infra/webhook/signed-post.test.ts',
  DL_EXPORT_UNFIT: 'tests/integration/export.test.ts',
  DL_UNKNOWN_WEBHOOK: 'tests/integration/webhooks.test.ts',
  DL_CHAMPION_CHANGED: 'tests/integration/activities/registry.test.ts',
  DL_CHALLENGER_IS_CHAMPION: contract,
  DL_ROLE_BY_PROMOTION: contract,

  DL_BASE_MISSING: 'tests/unit/training/models/model-folder.test.ts',
  DL_BASE_INVALID: 'tests/unit/training/models/config.test.ts',
  DL_BASE_UNSUPPORTED: 'tests/unit/training/models/config.test.ts',
  DL_ADAPTER_UNFIT: 'tests/unit/training/adapters/peft-config.test.ts',

  DL_INIT_EXISTS: 'tests/integration/init.test.ts',
  DL_DATA_MISSING: files,
  DL_DATA_UNREADABLE: files,
  DL_IMAGE_UNREADABLE: 'tests/unit/cli/offline/image/read-images.test.ts',
  DL_DATA_EMPTY: files,
  DL_COLUMN_MISSING: files,
  DL_NOT_A_NUMBER: files,
  DL_TOO_FEW_ROWS: files,
  DL_ROWS_FILE_INVALID: 'tests/unit/training/artifact.test.ts',
  DL_LABEL_UNNAMED: files,
  DL_LABELS_UNSUITABLE: files,
  DL_NO_FEATURES: files,
  DL_TASK_UNFIT: offline,
  DL_CONVERSATION_UNFIT: 'tests/unit/cli/offline/generation.test.ts',
  DL_TEST_LEAKED: offline,
  DL_FOLDER_NOT_EMPTY: offline,
  DL_FOLDER_UNUSABLE: offline,
  DL_NOTHING_TO_PLAY: () =>
    chooseProduction({ config: write('plain.config.ts', `export default ${JSON.stringify(fleet)};\n`) }),
  DL_EXAMPLE_INVALID: () => playOf({ config: fleet, file: 'x.ts', exports: { simulate: 7 } }),
  DL_NOT_SERVING: () => untilServing({ isServing: async () => false }, 'm', 0),
  DL_REQUEST_REFUSED: async () => (await clientOf(400, {})).predict([{}]),
  DL_ANSWER_UNEXPECTED: async () => (await clientOf(200, {})).predict([{}]),
  DL_SERVER_UNREACHABLE: 'tests/unit/client/client.test.ts',
  DL_REQUEST_TIMEOUT: 'tests/unit/client/client.test.ts',
  DL_FEEDBACK_REFUSED: async () => (await clientOf(200, { accepted: 0 })).feedback([{} as never]),
  DL_USAGE: 'tests/integration/usage.test.ts',
  DL_OPTION_INVALID: 'tests/unit/bench/policy-options.test.ts',
  DL_OPTION_MISSING: 'tests/unit/bench/policy-options.test.ts',
  DL_BENCH_FAILED: () => refuseBroken(false, { missing: 1 }, 'Again.'),
  DL_LOOP_NOT_CLOSED: () => refuseOpenLoop(false, 'It did not close.'),
  DL_DETECTOR_UNKNOWN: () => findMethod('crystal-ball'),
  DL_DETECTOR_PARAMS: () => adwin.create({ delta: 2 }),
  DL_STATISTIC_INPUT: () => checkCounts('a share', 2, 1),
  DL_GATE_UNFIT: 'tests/integration/gate-offline.test.ts',
  DL_GATE_ROWS: () => answeredRows(classification({ labels: ['A', 'B'] }), [{ label: 'A' }], [], []),
  DL_GATE_FEW_ROWS: 'tests/unit/training/gate/bad-input.test.ts',
  DL_GATE_ONE_LABEL: 'tests/unit/training/gate/bad-input.test.ts',
  DL_GATE_TIES: 'tests/unit/training/gate/bad-input.test.ts',
  DL_GATE_WORN_OUT: 'tests/unit/training/gate/wear-checks.test.ts',
  DL_GATE_SOURCES: 'tests/unit/training/gate/source-checks.test.ts',
  DL_NOT_SERVABLE: 'tests/unit/activities/check-servability.test.ts',
  DL_GOLDEN_LEARNT: 'tests/integration/activities/golden.test.ts',
  DL_GOLDEN_UNFIT: 'tests/integration/activities/golden.test.ts',
  DL_GATE_SCORES: () => {
    const answers = [{ label: 'A', scores: { A: 2, B: 0 } }];
    return answeredRows(classification({ labels: ['A', 'B'] }), [{ label: 'A' }], answers, answers);
  },
};

const root = fileURLToPath(new URL('../../../', import.meta.url));
const all = Object.entries(provocations) as [ErrorCode, Provocation][];
const here = all.filter((one): one is [ErrorCode, () => unknown] => typeof one[1] === 'function');
const elsewhere = all.filter((one): one is [ErrorCode, `${string}.ts`] => typeof one[1] === 'string');

test.each(here)('%s comes with what the table says of it', async (code, provoke) => {
  const error = ourError(
    await Promise.resolve()
      .then(provoke)
      .then(
        () => null,
        (thrown: unknown) => thrown,
      ),
  );
  const { status = 400, retryable = false } = errorCodes[code];
  // What a door answered does not say whether trying again helps; its status does.
  const expected = code === 'DL_STARTING' ? { code, status } : { code, status, retryable };
  expect(error).toMatchObject(expected);
  expect(error!.message).not.toBe('');
  expect(error!.message).not.toContain('secret');
  expect(error!.fix).not.toBe('');
});

test.each(elsewhere)('%s is brought about and expected by its code in %s', (code, file) => {
  expect(readFileSync(path.join(root, file), 'utf8')).toMatch(new RegExp(`'${code}'`));
});
