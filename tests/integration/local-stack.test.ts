import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { Kafka, logLevel } from 'kafkajs';
import { Client as Postgres } from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { provisionAll, type StackParts } from '../../infra/local/parts.ts';
import { startStack, type StackAddresses } from '../../infra/local/stack.ts';
import { processesNaming } from '../support/processes.ts';
import { tempFolder } from '../support/temp-folder.ts';

const ownerScript = fileURLToPath(new URL('../support/stack-owner.ts', import.meta.url));

/** Another process starts a stack here, and can be killed. */
async function startOwner(folder: string): Promise<{ addresses: StackAddresses; kill(): void }> {
  const owner = spawn(process.execPath, ['--import=tsx', ownerScript, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void owner.kill('SIGKILL'));
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  return { addresses: JSON.parse(String(line)) as StackAddresses, kill: () => owner.kill('SIGKILL') };
}

const kafkaOf = ({ kafkaBrokers }: StackAddresses) =>
  new Kafka({ brokers: [kafkaBrokers], clientId: 'test', logLevel: logLevel.NOTHING });

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Postgres({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Leave something in every part that keeps data. */
async function leaveTraces(addresses: StackAddresses): Promise<void> {
  await query(addresses.databaseUrl, "create table trace as select 'kept in postgres' as what");
  const connection = await Connection.connect({ address: addresses.temporal });
  await new Client({ connection }).workflow.start('nobodyRunsThis', {
    taskQueue: 'nobody-listens',
    workflowId: 'kept-in-temporal',
  });
  await connection.close();
  const admin = kafkaOf(addresses).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'trace', numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
  const producer = kafkaOf(addresses).producer();
  await producer.connect();
  await producer.send({ topic: 'trace', messages: [{ value: 'kept in kafka' }] });
  await producer.disconnect();
}

async function findTraces(addresses: StackAddresses) {
  const rows = await query(addresses.databaseUrl, 'select what from trace');
  const connection = await Connection.connect({ address: addresses.temporal });
  const workflow = await new Client({ connection }).workflow.getHandle('kept-in-temporal').describe();
  await connection.close();
  const admin = kafkaOf(addresses).admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets('trace');
  await admin.disconnect();
  return { rows, workflow: workflow.status.name, messages: offsets.map(({ high }) => high) };
}

test('nothing survives an owner killed with -9, and a second start goes on with the data', async () => {
  const folder = tempFolder();
  const owner = await startOwner(folder);
  await leaveTraces(owner.addresses);
  const programs = ['temporal', 'kafka', 'postgres', 'prometheus', 'alertmanager'];
  const running = processesNaming(folder).map(({ command }) => command);
  for (const program of programs) expect(running.join('\n')).toContain(program);

  owner.kill();
  // While the services of the dead owner still close their files, the next start waits for them.
  const stack = await startStack({ stateDir: folder });
  onTestFinished(() => stack.stop());
  expect(await findTraces(stack.addresses)).toEqual({
    rows: [{ what: 'kept in postgres' }],
    workflow: 'RUNNING',
    messages: ['1'],
  });

  await expect(startStack({ stateDir: folder, predecessorWithinMs: 200 })).rejects.toMatchObject({
    code: 'DL_STACK_RUNNING',
  });
  expect(await findTraces(stack.addresses)).toMatchObject({ workflow: 'RUNNING' });

  await Promise.all([stack.stop(), stack.stop()]);
  expect(processesNaming(folder)).toEqual([]);
});

test('a rule fires, and the webhook hears of it and of its end, with the token', async () => {
  const heard: { authorization: string | undefined; status: string }[] = [];
  const webhook = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += String(piece)));
    request.on('end', () => {
      const { status } = JSON.parse(body) as { status: string };
      heard.push({ authorization: request.headers.authorization, status });
      response.end();
    });
  });
  let level = 1;
  const target = createServer((_, response) => response.end(`test_level ${level}\n`));
  const port = async (server: typeof webhook) => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  };
  const folder = tempFolder();
  const stack = await startStack({ stateDir: folder, parts: await onlyMonitoring(), keepData: false });
  onTestFinished(() => stack.stop());
  const targets = [{ targets: [`127.0.0.1:${await port(target)}`], labels: {} }];
  writeFileSync(path.join(stack.prometheusDir.targets, 'test.json'), JSON.stringify(targets));
  writeFileSync(
    path.join(stack.prometheusDir.rules, 'test.yml'),
    'groups: [{ name: test, rules: [{ alert: TestLevel, expr: test_level > 0 }] }]',
  );
  await stack.reloadPrometheus();
  await stack.reloadAlertmanager({
    webhookUrl: `http://127.0.0.1:${await port(webhook)}/`,
    bearerToken: 'the token',
  });
  await vi.waitFor(
    () => expect(heard).toContainEqual({ authorization: 'Bearer the token', status: 'firing' }),
    20_000,
  );
  level = 0;
  await vi.waitFor(
    () => expect(heard).toContainEqual({ authorization: 'Bearer the token', status: 'resolved' }),
    20_000,
  );

  writeFileSync(path.join(stack.prometheusDir.rules, 'broken.yml'), 'groups: [{ name: test, rules: [{}] }]');
  await expect(stack.reloadPrometheus()).rejects.toMatchObject({ code: 'DL_RELOAD_FAILED' });
  await stack.stop();
  expect(existsSync(folder)).toBe(false);
});

/** The parts whose address is given are not started: here all but the monitoring. */
async function onlyMonitoring(): Promise<StackParts> {
  const given = (address: string) => ({ where: 'environment', address }) as const;
  return {
    ...(await provisionAll()),
    temporal: given('temporal.example:7233'),
    java: null,
    kafka: given('kafka.example:9092'),
    postgres: given('postgres://example/db'),
  };
}

test('what is given is used, and not started', async () => {
  const folder = tempFolder();
  const stack = await startStack({ stateDir: folder, parts: await onlyMonitoring(), keepData: false });
  onTestFinished(() => stack.stop());
  expect(stack.addresses).toMatchObject({
    temporal: 'temporal.example:7233',
    temporalUi: null,
    kafkaBrokers: 'kafka.example:9092',
    databaseUrl: 'postgres://example/db',
  });
  const commands = processesNaming(folder).map(({ command }) => command);
  expect(commands).toHaveLength(2);
  expect(commands.join()).not.toMatch(/temporal|kafka|postgres/);
});

test('a service that ends by itself is started again at its address with its data; one that does so for ever is given up', async () => {
  const folder = tempFolder();
  const ended: string[] = [];
  const givenUp = vi.fn<(name: string) => void>();
  const stack = await startStack({
    stateDir: folder,
    parts: await onlyMonitoring(),
    keepData: false,
    onServiceEnded: (name) => ended.push(name),
    onServiceGivenUp: givenUp,
  });
  onTestFinished(() => stack.stop());
  const kill = async () => {
    const { pid } = await vi.waitFor(() => {
      const found = processesNaming(folder).find(({ command }) => command.includes('alertmanager.yml'));
      expect(found).toBeDefined();
      return found!;
    }, 10_000);
    process.kill(pid, 'SIGKILL');
    return pid;
  };
  const isUp = () =>
    vi.waitFor(
      async () => expect((await fetch(`${stack.addresses.alertmanager}/-/ready`)).ok).toBe(true),
      10_000,
    );
  await stack.reloadAlertmanager({ webhookUrl: 'http://127.0.0.1:9/alerts', bearerToken: 'the token' });
  await kill();
  await vi.waitFor(() => expect(ended).toEqual(['alertmanager']), 5_000);
  await isUp();
  const status = await (await fetch(`${stack.addresses.alertmanager}/api/v2/status`)).text();
  expect(status).toContain('webhook_configs');

  for (let ends = 2; ends <= 5; ends++) {
    await kill();
    await vi.waitFor(() => expect(ended).toHaveLength(ends), 5_000);
    await isUp();
  }
  expect(givenUp).not.toHaveBeenCalled();
  await kill();
  await vi.waitFor(
    () => expect(givenUp).toHaveBeenCalledWith('alertmanager', { code: null, signal: 'SIGKILL' }),
    10_000,
  );
  await stack.stop();
  expect(processesNaming(folder)).toEqual([]);
  expect([ended.length, givenUp.mock.calls.length]).toEqual([5, 1]);
});
