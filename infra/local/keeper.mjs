/**
 * The keeper: one small process that owns every child process of its parent.
 *
 * It holds a pipe to the parent. When the pipe closes - the parent ended, was interrupted, or was killed
 * with -9 and could not say a word - the keeper stops all children, waits, kills what is left, removes the
 * folders it was told to remove, and ends. Children live in process groups of their own, so a Ctrl-C in the
 * terminal reaches the parent only, and a tool's own children (compilers of a build) end with the tool.
 *
 * Plain JavaScript on built-in modules: it starts in some 40 ms and does not need a compiler or node_modules.
 * Speaks JSON lines: requests on stdin, events on stdout (see keeper.ts).
 */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, openSync, closeSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { takeLock } from './exclusive.mjs';

/** id → { child, stopSignal, graceMs, timer } */
const children = new Map();
const removals = new Set();
/** name → release */
const locks = new Map();
let closing = false;

const tell = (event) => {
  if (!closing) process.stdout.write(`${JSON.stringify(event)}\n`);
};

const signalGroup = (pid, signal) => {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody left in the group.
  }
};

/** Ask the leader to stop (it knows how to stop its own children); kill the whole group when it does not. */
const stop = (entry) => {
  if (entry.timer) return;
  try {
    entry.child.kill(entry.stopSignal);
  } catch {
    // Already gone: the exit event is on its way.
  }
  entry.timer = setTimeout(() => signalGroup(entry.child.pid, 'SIGKILL'), entry.graceMs);
};

const forwardLines = (id, child, logFile) => {
  const log = logFile ? createWriteStream(logFile, { flags: 'a' }) : undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('error', () => {});
    createInterface({ input: stream }).on('line', (text) => {
      log?.write(`${text}\n`);
      tell({ event: 'line', id, text });
    });
  }
  child.on('close', () => log?.end());
};

const start = ({ id, command, args, env, cwd, uid, gid, logFile, lines, stopSignal, graceMs }) => {
  if (logFile) mkdirSync(dirname(logFile), { recursive: true });
  const log = logFile && !lines ? openSync(logFile, 'a') : undefined;
  const output = lines ? 'pipe' : (log ?? 'ignore');
  const child = spawn(command, args, {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', output, output],
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  if (log !== undefined) closeSync(log);
  const entry = { child, stopSignal, graceMs, timer: undefined };
  children.set(id, entry);
  if (lines) forwardLines(id, child, logFile);
  child.once('spawn', () => tell({ event: 'started', id, pid: child.pid }));
  const gone = (event) => {
    if (!children.delete(id)) return;
    clearTimeout(entry.timer);
    tell(event);
    if (closing) endWhenEmpty();
  };
  child.once('error', (error) => gone({ event: 'failed', id, message: error.message, code: error.code }));
  // Nobody of the group outlives its leader, or a forgotten grandchild would hold the pipes open.
  child.once('exit', () => signalGroup(child.pid, 'SIGKILL'));
  // With lines, the last words of a tool must arrive before the news of its end: wait for close, not exit.
  child.once(lines ? 'close' : 'exit', (code, signal) => gone({ event: 'exit', id, code, signal }));
};

const endWhenEmpty = () => {
  if (children.size > 0) return;
  for (const path of removals) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  process.exit(0);
};

const close = () => {
  if (closing) return;
  closing = true;
  for (const entry of children.values()) stop(entry);
  endWhenEmpty();
};

/**
 * A lock that lasts until the last child is gone: a parent killed with -9 is gone at once, but its database
 * needs a moment to close, and the next owner of the folder has to wait for that.
 */
const lock = ({ id, name }) => {
  takeLock(name).then(
    (release) => {
      if (release) locks.set(name, release);
      tell({ event: 'lock', id, held: release !== null });
    },
    (error) => tell({ event: 'failed', id, message: error.message, code: error.code }),
  );
};

const unlock = ({ name }) => {
  locks.get(name)?.();
  locks.delete(name);
};

const requests = {
  start,
  lock,
  unlock,
  stop: ({ id }) => children.has(id) && stop(children.get(id)),
  signal: ({ id, signal }) => children.get(id)?.child.kill(signal),
  remove: ({ path }) => removals.add(path),
  keep: ({ path }) => removals.delete(path),
};

process.stdout.on('error', close);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, close);
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const request = JSON.parse(line);
    try {
      requests[request.op](request);
    } catch (error) {
      tell({ event: 'failed', id: request.id, message: error.message, code: error.code });
    }
  })
  .on('close', close);
