import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import pRetry from 'p-retry';
import { DriftloopError } from '../../domain/errors.ts';
import { cacheRoot, installOnce } from '../../infra/local/cache.ts';
import { findOnPath } from '../../infra/local/find-on-path.ts';
import { java } from '../../infra/local/parts/java.ts';
import { provision } from '../../infra/local/provision.ts';
import { runTool } from '../../infra/local/run-tool.ts';
import { realTools } from '../../infra/local/tools.ts';

const VERSION = '1.38.0';
const home = fileURLToPath(new URL('time-skipping', import.meta.url));

/** Temporal's test server as a folder of jars: fetched by Maven once, each compared with its checksum. */
async function provisionJars(): Promise<string> {
  const place = path.join(cacheRoot(), 'temporal-test-server', VERSION);
  await installOnce(place, async (fresh) => {
    const maven = await findOnPath('mvn');
    if (maven === null) {
      throw new DriftloopError(
        'DL_TOOL_MISSING',
        'mvn is not on PATH; the tests of workflows need it once.',
        {
          fix: 'Install Maven.',
        },
      );
    }
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

/** Starts the server as the SDK expects a binary to, and ends with the process that wanted it, however that ends. */
const launcher = (javaProgram: string, jars: string) => `#!/bin/sh
(while kill -0 $PPID && kill -0 $$; do sleep 1; done; kill $$) </dev/null >/dev/null 2>&1 &
exec '${javaProgram}' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m -cp '${jars}/*' io.temporal.testserver.TestServer "$1"
`;

/**
 * A Temporal server whose clock jumps over every wait: a month in a second. Call `teardown()` at the end.
 *
 * Its clock stands still while an activity runs, so activities in these tests answer at once. It knows no schedules,
 * no lists and no worker versioning; continuing as new stops its clock for good (`unlockTimeSkipping` helps once).
 */
export async function startTimeSkipping(): Promise<TestWorkflowEnvironment> {
  const [jars, javaProgram] = await Promise.all([provisionJars(), findJava()]);
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-time-skipping-'));
  try {
    const script = path.join(folder, 'temporal-test-server');
    await writeFile(script, launcher(javaProgram, jars));
    await chmod(script, 0o755);
    // The SDK gives a server five seconds to start; a machine that does other work may need a second try.
    return await pRetry(
      () =>
        TestWorkflowEnvironment.createTimeSkipping({
          server: { executable: { type: 'existing-path', path: script } },
        }),
      { retries: 4, minTimeout: 100 },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
