import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startProcess } from '../../../../infra/local/keeper.ts';
import { runTool } from '../../../../infra/local/run-tool.ts';
import { isAlive } from '../../../support/is-alive.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const shell = (script: string) => ({ name: 'sh', command: 'sh', args: ['-c', script] });

test('a process tells how it ended, once', async () => {
  const onExit = vi.fn<(exit: { code: number | null; signal: string | null }) => void>();
  const process = await startProcess({ ...shell('exit 3'), onExit });
  expect(await process.exited).toEqual({ code: 3, signal: null });
  expect(await process.stop()).toEqual({ code: 3, signal: null });
  expect(onExit.mock.calls).toEqual([[{ code: 3, signal: null }]]);
});

test('a program that does not exist is an error with a code', async () => {
  const attempt = startProcess({ name: 'Nothing', command: '/nowhere/nothing' });
  await expect(attempt).rejects.toMatchObject({ code: 'DL_PROCESS_NOT_STARTED' });
});

test('output goes to the log file, or line by line to whoever listens', async () => {
  const logFile = path.join(tempFolder(), 'logs/sh.log');
  const logged = await startProcess({ ...shell('echo to the log; echo and this >&2'), logFile });
  await logged.exited;
  expect(readFileSync(logFile, 'utf8')).toBe('to the log\nand this\n');
  const lines: string[] = [];
  const heard = await startProcess({ ...shell('echo one; echo two'), onLine: (line) => lines.push(line) });
  await heard.exited;
  expect(lines).toEqual(['one', 'two']);
});

test('the environment is ours, with what is added and without what is taken away', async () => {
  vi.stubEnv('DRIFTLOOP_TEST_KEPT', 'kept');
  vi.stubEnv('DRIFTLOOP_TEST_GONE', 'gone');
  onTestFinished(() => void vi.unstubAllEnvs());
  const said = await runTool({
    command: 'sh',
    args: ['-c', 'echo $DRIFTLOOP_TEST_KEPT $DRIFTLOOP_TEST_GONE $DRIFTLOOP_TEST_NEW'],
    env: { DRIFTLOOP_TEST_NEW: 'new', DRIFTLOOP_TEST_GONE: undefined },
  });
  expect(said).toBe('kept new');
});

test('one that ignores the polite signal is killed after its grace, with its children', async () => {
  const lines: string[] = [];
  const stubborn = await startProcess({
    ...shell(`trap '' TERM; sleep 60 & echo $!; wait; sleep 60`),
    onLine: (line) => lines.push(line),
    graceMs: 200,
  });
  await vi.waitFor(() => expect(lines).toHaveLength(1));
  expect(await stubborn.stop()).toEqual({ code: null, signal: 'SIGKILL' });
  await vi.waitFor(() => expect(isAlive(Number(lines[0]))).toBe(false));
});

test('a tool that fails says its command and its last words', async () => {
  const attempt = runTool({ command: 'sh', args: ['-c', 'echo the reason >&2; exit 4'] });
  await expect(attempt).rejects.toMatchObject({ code: 'DL_TOOL_FAILED', retryable: true });
  await expect(attempt).rejects.toThrow(/ended with exit code 4:\nthe reason$/);
});

test('children, grandchildren and folders go when their owner is killed with -9', async () => {
  const folder = path.join(tempFolder(), 'doomed');
  mkdirSync(folder);
  const keeper = fileURLToPath(new URL('../../../../infra/local/keeper.ts', import.meta.url));
  const owner = spawn(process.execPath, [
    '--import=tsx',
    '--input-type=module',
    '-e',
    `import { removeWhenWeEnd, startProcess } from ${JSON.stringify(keeper)};
     removeWhenWeEnd(${JSON.stringify(folder)});
     await startProcess({ name: 'sh', command: 'sh', args: ['-c', 'sleep 60 & echo $$ $!; wait'],
       onLine: (pids) => console.log(pids) });
     setInterval(() => {}, 1000);`,
  ]);
  onTestFinished(() => void owner.kill('SIGKILL'));
  const [said] = (await once(owner.stdout, 'data')) as [Buffer];
  const pids = String(said).trim().split(' ').map(Number);
  expect(pids.map(isAlive)).toEqual([true, true]);
  await wait(50);
  owner.kill('SIGKILL');
  await vi.waitFor(() => expect(pids.map(isAlive)).toEqual([false, false]), 5000);
  await vi.waitFor(() => expect(existsSync(folder)).toBe(false), 5000);
});
