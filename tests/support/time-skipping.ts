import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import getPort from 'get-port';
import pRetry from 'p-retry';
import { cacheRoot, installOnce } from '../../infra/local/cache.ts';
import { findOnPath } from '../../infra/local/find-on-path.ts';
import { startProcess } from '../../infra/local/keeper.ts';
import { java } from '../../infra/local/parts/java.ts';
import { provision } from '../../infra/local/provision.ts';
import { runTool } from '../../infra/local/run-tool.ts';
import { realTools } from '../../infra/local/tools.ts';

const VERSION = '1.38.0';
const home = fileURLToPath(new URL('time-skipping', import.meta.url));

/** Temporal's test server as a folder of jars: fetched by Maven once, each compared with its checksum. Null without Maven. */
async function provisionJars(): Promise<string | null> {
  const place = path.join(cacheRoot(), 'temporal-test-server', VERSION);
  const maven = await findOnPath('mvn');
  if (maven === null) return existsSync(place) ? place : null;
  await installOnce(place, async (fresh) => {
    const args = [
      '--batch-mode',
      '--strict-checksums',
      `--file=${path.join(home, 'pom.xml')}`,
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${fresh}`,
    ];
    await runTool({ command: maven, args });
    await checkJars(fresh);
  });
  return place;
}

async function checkJars(folder: string): Promise<void> {
  const pinned = (await readFile(path.join(home, 'libs.sha256'), 'utf8')).trim().split('\n');
  for (const line of pinned) {
    const [sha256, name] = line.split('  ') as [string, string];
    const hash = createHash('sha256').update(await readFile(path.join(folder, name)));
    if (hash.digest('hex') !== sha256) throw new Error(`${name} is not the file that libs.sha256 names`);
  }
}

async function findJava(): Promise<string> {
  // The runtime is Kafka's part; here it is wanted whoever runs Kafka.
  const located = await provision({ ...java, isNeeded: async () => true }, realTools());
  if (located === null || located.where === 'environment') throw new Error('no Java runtime was found');
  return located.files.java;
}

export type TimeSkipping = {
  env: TestWorkflowEnvironment;
  close(): Promise<void>;
  /**
   * Where calls are still waiting: they are refused, and not torn off. (The client tries some of them again, by a timer
   * that throws where its channel is closed meanwhile.)
   */
  leave(): Promise<void>;
};

/**
 * A Temporal server whose clock jumps over every wait: a month in a second. Call `close()` at the end.
 *
 * Its clock stands still while an activity runs, so activities in these tests answer at once; and for good where the
 * answer of one comes too late, so wait for what it does with `jumping` (free-clock.ts). It knows no schedules, no
 * visibility but what is open, and no worker versioning.
 */
export async function startTimeSkipping(): Promise<TimeSkipping> {
  const jars = await provisionJars();
  if (jars === null) {
    // The SDK fetches the server from Temporal, as a program.
    const env = await TestWorkflowEnvironment.createTimeSkipping();
    return { env, close: () => env.teardown(), leave: async () => {} };
  }
  const javaProgram = await findJava();
  const port = await getPort();
  const server = await startProcess({
    name: "Temporal's test server",
    command: javaProgram,
    args: [
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '-Xmx256m',
      '-cp',
      path.join(jars, '*'),
      'io.temporal.testserver.TestServer',
      String(port),
    ],
    graceMs: 500,
  });
  await pRetry(() => canConnect(port), { retries: 300, minTimeout: 200, factor: 1 });
  // What createTimeSkipping does, less its starting of the server: it gives a Java machine no more than 5 seconds.
  const env = await (TestWorkflowEnvironment as unknown as WithCreate).create({
    server: { type: 'existing' },
    supportsTimeSkipping: true,
    address: `127.0.0.1:${port}`,
  });
  return {
    env,
    async close() {
      await env.teardown();
      await server.stop();
    },
    leave: async () => void (await server.stop()),
  };
}

type WithCreate = {
  create(options: {
    server: { type: 'existing' };
    supportsTimeSkipping: true;
    address: string;
  }): Promise<TestWorkflowEnvironment>;
};

const canConnect = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
