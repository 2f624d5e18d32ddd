import process from 'node:process';
import pc from 'picocolors';
import { stateFolder } from '../dev-file.ts';
import { isChange } from '../../console/policy/plan-config.ts';
import { loadConfig } from '../load-config.ts';
import { printPlan } from './plan.ts';
import { DriftloopError, describeError } from '../../domain/errors.ts';
import { howEnded } from '../../infra/local/process-spec.ts';
import { followFile } from '../local/follow-file.ts';
import { startDriftloop } from '../local/start.ts';
import path from 'node:path';

/** Everything on this machine, until Ctrl-C. A second start in the same folder goes on where the first ended. */
export async function runDev({
  config: file,
  json = false,
}: {
  config: string;
  json?: boolean;
}): Promise<void> {
  const loaded = await loadConfig(file);
  const { config } = loaded;
  const folder = stateFolder();
  const say = (line: string) => process.stderr.write(`${line}\n`);
  let end!: (reason: string) => void;
  const ended = new Promise<string>((resolve) => (end = resolve));
  process.once('SIGINT', () => end('interrupted'));
  process.once('SIGTERM', () => end('terminated'));
  const running = await startDriftloop({
    config,
    stateDir: path.join(folder, 'state'),
    devFolder: folder,
    keepData: true,
    report: ({ part, phase, message }) => phase !== 'looking' && say(`${pc.dim(part.padEnd(14))} ${message}`),
    onEnded: (name, exit) => say(`The ${name} ended by itself (${howEnded(exit)}); it is started again.`),
    onFailure: (name, exit) =>
      end(
        `the ${name} ends by itself again and again (${howEnded(exit)}); its log is in ${path.join(folder, 'state/logs')}`,
      ),
  });
  const { server, console, temporalUi, prometheus } = running.addresses;
  if (json)
    process.stdout.write(
      `${JSON.stringify({ ...running.addresses, consoleLogin: running.consoleLogin, token: running.token })}\n`,
    );
  else {
    process.stdout.write(
      [
        '',
        `${pc.bold('Driftloop is up')} with ${config.models.map((m) => m.name).join(', ')}.`,
        `  console     ${running.consoleLogin}`,
        `  predict     POST ${server}/v1/models/${config.models[0]!.name}:predict`,
        `  feedback    POST ${server}/v1/feedback`,
        `  Temporal    ${temporalUi ?? 'given by DRIFTLOOP_TEMPORAL_ADDRESS'}`,
        `  Prometheus  ${prometheus}`,
        `  token       ${running.token} (also in .driftloop/dev.json)`,
        `  you         ${running.environment.localUser ?? 'nobody'}, the one local user: whoever has the token may do everything`,
        pc.dim(`  log in at ${console} with the token; Ctrl-C stops everything and keeps its state`),
        '',
      ].join('\n'),
    );
  }
  const unfollow = followFile(loaded.file, async () => {
    try {
      const next = (await loadConfig(file)).config;
      const plan = await running.plan(next);
      const isApplied = await running.apply(next);
      say(`${path.basename(file)} ${isApplied ? 'was saved and is applied.' : 'says the same as before.'}`);
      if (isChange(plan)) say(printPlan(plan));
    } catch (error) {
      // What was applied before stays.
      say(error instanceof DriftloopError ? describeError(error) : String(error));
    }
  });
  const reason = await ended;
  unfollow();
  say(`stopping: ${reason}`);
  await running.stop();
  process.exit(reason === 'interrupted' || reason === 'terminated' ? 0 : 1);
}
