/**
 * Runs a program for a process of ours, and never longer than that one lives: `fork`ed with the time of grace in
 * milliseconds, the program, and its arguments. Where the parent says a word, or has died, the program and all that it
 * has started get SIGTERM, and SIGKILL when the grace is over.
 *
 * Plain JavaScript, which starts in a moment. Says `{ started: pid }` or `{ refused: why, code }`, then
 * `{ ended: { code, signal } }`.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import process from 'node:process';

const [graceMs, command, ...args] = process.argv.slice(2);

try {
  // When memory runs out, the kernel ends one process: the program, which inherits this, and not the worker.
  writeFileSync('/proc/self/oom_score_adj', '1000');
} catch {
  // Linux only, and a wish.
}

// The channel is between the two of us.
const { NODE_CHANNEL_FD: _, NODE_CHANNEL_SERIALIZATION_MODE: __, ...env } = process.env;
// A group of its own: a signal to it reaches what the program has started, too.
const program = spawn(command, args, { detached: true, stdio: 'inherit', env });

const signal = (name) => {
  try {
    if (program.pid !== undefined) process.kill(-program.pid, name);
  } catch {
    // The whole group has ended.
  }
};
const say = (message, then = () => {}) => (process.connected ? process.send(message, then) : then());

// Ctrl-C reaches this one; the parent decides what becomes of the program.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

program.once('spawn', () => {
  say({ started: program.pid });
  const end = () => {
    signal('SIGTERM');
    setTimeout(() => signal('SIGKILL'), Number(graceMs));
  };
  process.once('message', end);
  if (process.connected) process.once('disconnect', end);
  else end();
});
program.once('error', (error) => say({ refused: error.message, code: error.code }, () => process.exit(127)));
program.once('exit', (code, name) => {
  // What it has left behind would be nobody's.
  signal('SIGKILL');
  say({ ended: { code, signal: name } }, () => process.exit(0));
});
