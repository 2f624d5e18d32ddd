/**
 * A program that keeps the contract of docs/trainers.md: it finds the number of one column that tells two labels apart
 * best, one try a step. Settings: `column`, `steps` (all values), `pauseMs` after each step, `checkpointEvery` steps,
 * `leaves` (texts of more files of the artifact), and ways to break the contract, which the tests name.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const readJson = (...at) => JSON.parse(readFileSync(path.join(...at), 'utf8'));
const readRows = (...at) =>
  readFileSync(path.join(...at), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

async function train(folder) {
  const { model, paths, settings } = readJson(folder, 'spec.json');
  if (settings.fails !== undefined) {
    say({ kind: 'failed', message: settings.fails, fix: 'Correct it.' });
    process.exit(3);
  }
  if (settings.exits !== undefined) {
    process.stderr.write('Traceback (most recent call last):\nOutOfLuck: no luck today\n');
    process.exit(settings.exits);
  }
  if (settings.ignoresSigterm) process.on('SIGTERM', () => {});
  if (settings.child) {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    writeFileSync(settings.child, String(child.pid));
  }
  if (settings.environment) writeFileSync(settings.environment, JSON.stringify(process.env));
  if (settings.copies)
    copyFileSync(
      path.join(folder, paths[settings.copies], 'threshold.json'),
      path.join(folder, paths.artifact, `${settings.copies}.json`),
    );
  for (const line of settings.noise ?? []) process.stdout.write(`${line}\n`);

  const { column } = settings;
  const rows = readRows(folder, paths.train);
  const [low, high] = model.task.labels;
  const values = [...new Set(rows.map(({ input }) => input[column]))].sort((a, b) => a - b);
  const errorsAt = (value) =>
    rows.filter(({ input, label }) => label !== (input[column] > value ? low : high)).length;
  const steps = settings.steps ?? values.length;

  const [newest] = readdirSync(path.join(folder, paths.checkpoints)).sort().reverse();
  const resumed =
    newest === undefined ? null : readJson(folder, paths.checkpoints, newest, 'deep', 'state.json');
  let { step, best } = resumed ?? { step: 0, best: { value: values[0], errors: rows.length } };
  const progress = () =>
    say({
      kind: 'progress',
      step,
      steps,
      epoch: 1,
      trainLoss: best.errors / rows.length,
      backend: 'arithmetic',
      resumedAtStep: resumed?.step ?? null,
    });
  progress();
  while (step < steps) {
    if (resumed === null && settings.diesAt === step) process.kill(process.pid, 'SIGKILL');
    const value = values[step % values.length];
    const errors = errorsAt(value);
    if (errors < best.errors) best = { value, errors };
    step += 1;
    if (step % (settings.checkpointEvery ?? Infinity) === 0) {
      const name = `step-${String(step).padStart(6, '0')}`;
      mkdirSync(path.join(folder, paths.checkpoints, name, 'deep'), { recursive: true });
      writeFileSync(
        path.join(folder, paths.checkpoints, name, 'deep', 'state.json'),
        JSON.stringify({ step, best }),
      );
      say({ kind: 'checkpoint', folder: name, step });
    }
    progress();
    await wait(settings.pauseMs ?? 0);
  }
  const trainLoss = best.errors / rows.length;
  say({ kind: 'epoch', epoch: 1, step, trainLoss, validation: { loss: trainLoss, score: 1 - trainLoss } });
  if (!settings.leavesNothing)
    writeFileSync(
      path.join(folder, paths.artifact, 'threshold.json'),
      JSON.stringify({ column, value: best.value, low, high, answers: settings.answers }),
    );
  for (const [file, text] of Object.entries(settings.leaves ?? {}))
    writeFileSync(path.join(folder, paths.artifact, file), text);
  if (settings.neverDone) return;
  say({
    kind: 'done',
    steps,
    epochs: 1,
    bestEpoch: 1,
    validationLoss: trainLoss,
    trainableParameters: 1,
    totalParameters: 1,
    peakMemoryMb: process.memoryUsage.rss() / 2 ** 20,
  });
}

async function predict(folder) {
  const { column, value, low, high, answers } = readJson(folder, 'threshold.json');
  const outputOf = (row) => {
    const above = 1 / (1 + Math.exp((value + 0.5 - (row[column] ?? value)) / 2));
    return { scores: answers === 'foreign' ? { sure: 1 } : { [low]: above, [high]: 1 - above } };
  };
  process.stdout.write('ready\n');
  for await (const line of createInterface({ input: process.stdin })) {
    if (answers === 'dies' || existsSync(path.join(folder, 'dies'))) process.exit(1);
    const { rows } = JSON.parse(line);
    say({ outputs: (answers === 'few' ? rows.slice(1) : rows).map(outputOf) });
  }
}

const [verb, folder] = process.argv.slice(2);
await (verb === 'train' ? train : predict)(folder);
