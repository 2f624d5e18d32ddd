import process from 'node:process';
import pc from 'picocolors';
import { count } from '../../domain/count.ts';
import type { DemoOptions } from '../commands/demo.ts';
import { stateFolder } from '../dev-file.ts';
import { chooseProduction, playingTime, type Production } from './choose-production.ts';
import { drawSummary } from './live/draw-summary.ts';
import { jsonScreen, logScreen, terminalScreen, type Screen } from './live/screen.ts';
import { jsonSetUp, logSetUp, terminalSetUp, type SetUpView } from './live/set-up-view.ts';
import { playProduction } from './play.ts';
import { withSession, type Session } from './session.ts';
import { interruptedExitCode, listenForStop } from './stop-signal.ts';

/** `driftloop demo`: the whole loop on real services, in one terminal. Sets the exit code. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const production = await chooseProduction(options);
  const { screen, setUp } = viewsFor(options, production);
  const stop = listenForStop();
  for (const sentence of sayProduction(production)) screen.say(sentence);
  const began = Date.now();
  try {
    await withSession(
      production,
      {
        report: (event) => setUp.report(event),
        onEnded: screen.say,
        onFailure: stop.end,
        devFolder: options.keep ? stateFolder() : null,
      },
      async (session) => {
        setUp.close();
        stop.beginToWait();
        screen.say(`Everything is up after ${Math.round((Date.now() - began) / 1000)} s.`);
        await play(session, options, screen, stop);
      },
    );
  } finally {
    setUp.close();
    stop.close();
  }
  // Connections that linger must not keep a finished demo waiting.
  process.exit();
}

/** A file has an end; a simulation goes on until the loop has closed, but not for ever. */
function timeoutMs({ timeout }: DemoOptions, { stream, plannedRows, pace }: Production): number | null {
  if (timeout !== undefined) return timeout * 1_000;
  return stream.length === null ? Math.max(300_000, 60_000 + (1_500 * plannedRows) / pace) : null;
}

async function play(
  session: Session,
  options: DemoOptions,
  screen: Screen,
  stop: ReturnType<typeof listenForStop>,
): Promise<void> {
  for (const sentence of sayAddresses(session)) screen.say(sentence);
  const { summary } = await playProduction(session, {
    until: options.until,
    timeoutMs: timeoutMs(options, session.production),
    screen,
    signal: stop.signal,
  });
  screen.close();
  process.exitCode = stop.isInterrupted() ? interruptedExitCode : summary.closed ? 0 : 1;
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ type: 'summary', ...summary })}\n`);
  } else {
    process.stdout.write(`${drawSummary(summary, pc).join('\n')}\n`);
    process.stdout.write(`${sayAddresses(session).join('\n')}\n`);
  }
  const isKept = options.keep === true && !stop.signal.aborted;
  const now = isKept
    ? 'Everything stays up until Ctrl-C.'
    : 'Everything is stopped now; --keep leaves it up.';
  process.stderr.write(`\n${now}\n`);
  if (isKept) await stop.ended;
}

const logEveryMs = 5_000;

function viewsFor(options: DemoOptions, { stream, model }: Production): { screen: Screen; setUp: SetUpView } {
  const { stdout, stderr } = process;
  if (options.json) return { screen: jsonScreen(stdout, stderr), setUp: jsonSetUp(stdout) };
  if (!stderr.isTTY) return { screen: logScreen(stderr, logEveryMs), setUp: logSetUp(stderr) };
  const title = stream.seed === null ? stream.title : `${stream.title}, seed ${stream.seed}`;
  return {
    screen: terminalScreen(stderr, { title, alpha: model.gate.alpha }),
    setUp: terminalSetUp(stderr),
  };
}

function sayProduction(production: Production): string[] {
  const { stream, plannedRows, pace, bootstrapRows, notes } = production;
  const drift = stream.driftAtRows === null ? '' : ', with a change of the world in the middle';
  return [
    `Playing ${stream.title}${drift}: ${count(plannedRows)} rows at ${pace} a second, ${playingTime(production)}. ` +
      `The ${count(bootstrapRows)} rows before them train the first champion.`,
    ...notes,
  ];
}

const sayAddresses = ({ driftloop: { consoleLogin, addresses } }: Session): string[] =>
  [
    ['Console', consoleLogin],
    ['Temporal', addresses.temporalUi],
    ['Prometheus', addresses.prometheus],
  ].flatMap(([name, url]) => (url ? [`  ${name!.padEnd(11)}  ${url}`] : []));
