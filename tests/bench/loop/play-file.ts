import process from 'node:process';
import type { Production } from '../../../cli/demo/choose-production.ts';
import { drawSummary } from '../../../cli/demo/live/draw-summary.ts';
import { logScreen } from '../../../cli/demo/live/screen.ts';
import { logSetUp } from '../../../cli/demo/live/set-up-view.ts';
import { playProduction, type Played } from '../../../cli/demo/play.ts';
import { withSession } from '../../../cli/demo/session.ts';
import { listenForStop } from '../../../cli/demo/stop-signal.ts';
import { createColors } from 'picocolors';
import { readDeployments, type Deployments } from './deployments.ts';

export type PlayedFile = Played & { deployments: Deployments };

const logEveryMs = 20_000;

/** Plays a production to its end through the real services, and reads what a bench asks for before they stop. */
export async function playFile(production: Production): Promise<PlayedFile> {
  const stop = listenForStop();
  const setUp = logSetUp(process.stdout);
  try {
    return await withSession(
      production,
      {
        report: (event) => setUp.report(event),
        onEnded: (sentence) => process.stderr.write(`${sentence}\n`),
        onFailure: stop.end,
        devFolder: null,
      },
      async (session) => {
        stop.beginToWait();
        const played = await playProduction(session, {
          until: 'end',
          timeoutMs: null,
          screen: logScreen(process.stdout, logEveryMs),
          signal: stop.signal,
        });
        process.stdout.write(`${drawSummary(played.summary, createColors(false)).join('\n')}\n`);
        return { ...played, deployments: await readDeployments(session, played) };
      },
    );
  } finally {
    stop.close();
  }
}
