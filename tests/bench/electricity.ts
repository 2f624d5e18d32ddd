/**
 * The whole Electricity file through the real services: Kafka, Prometheus, Temporal, Postgres, TensorFlow. What is
 * compared is computed offline on the identical rows. Nothing is tuned here; only that the loop closes is asserted.
 */
import { help, productionFrom, refuseOpenLoop } from './loop/options.ts';
import { playFile } from './loop/play-file.ts';
import { reportOn, sayReport } from './loop/report.ts';
import type { BenchResults } from './result.ts';

export async function run(args: readonly string[]): Promise<BenchResults | null> {
  const production = await productionFrom(args, 'elec2.csv');
  if (production === null) {
    process.stdout.write(help('electricity'));
    return null;
  }
  const played = await playFile(production);
  const report = await reportOn(production, played);
  process.stdout.write(`${sayReport(report).join('\n')}\n`);
  refuseOpenLoop(played.summary.closed, played.summary.reason);
  const { pace, plannedRows: rows } = production;
  return { results: { ...report, requests: played.summary.requests }, options: { pace, rows } };
}
