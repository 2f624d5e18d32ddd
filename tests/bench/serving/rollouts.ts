import { rollOutUnderLoad } from '../../support/rollouts-under-load.ts';

const CONNECTIONS = 4;
const STEADY_SECONDS = 20;
const KILL_EVERY = 5;

/** Whole rollouts on real services, under load; the worker is killed in the middle of every fifth. */
export async function measureRollouts(rollouts: number, say: (line: string) => void) {
  const killWorkerIn = Array.from(
    { length: Math.floor(rollouts / KILL_EVERY) },
    (_, i) => KILL_EVERY * (i + 1),
  );
  const report = await rollOutUnderLoad({
    rollouts,
    connections: CONNECTIONS,
    killWorkerIn,
    steadySeconds: STEADY_SECONDS,
    say,
  });
  const { requests, failed, wrongVersion, p99Ms, ended, abortSeconds } = report;
  const seconds = ended.map((one) => one.seconds).toSorted((a, b) => a - b);
  return {
    rollouts: {
      requests,
      failed,
      wrongVersion,
      p99Ratio: Math.round((100 * p99Ms.rollingOut) / p99Ms.steady) / 100,
      promoted: ended.filter(({ outcome }) => outcome.kind === 'promoted').length,
      of: rollouts,
      abortSeconds,
      workersKilled: killWorkerIn.length,
      seconds: { median: seconds[seconds.length >> 1], most: seconds.at(-1) },
    },
  };
}
