/**
 * SEA with abrupt changes at rows 10,000, 20,000 and 30,000 and a fifth of the labels turned over, through the real
 * services: the loop has to close after each change. Each promotion tells what it had learnt from.
 */
import { closings, promotionShares, sayPromotion } from './loop/changes.ts';
import { help, productionFrom, refuseOpenLoop } from './loop/options.ts';
import { playFile } from './loop/play-file.ts';
import { reportOn, sayReport } from './loop/report.ts';
import type { BenchResults } from './result.ts';

const changes = [10_000, 20_000, 30_000];

export async function run(args: readonly string[]): Promise<BenchResults | null> {
  const production = await productionFrom(args, 'synthetic_sea_0123_abrupto_noise_0.2.csv');
  if (production === null) {
    process.stdout.write(help('sea'));
    return null;
  }
  const { stream, bootstrapRows, plannedRows, pace } = production;
  const played = await playFile({ ...production, stream: { ...stream, driftAtRows: changes } });
  const { promotions } = played.deployments;
  const shares = promotionShares(promotions, changes);
  process.stdout.write(`${shares.map(sayPromotion).join('\n')}\n`);
  const report = await reportOn(production, played);
  process.stdout.write(`${sayReport(report).join('\n')}\n`);
  const closed = closings(promotions, changes, bootstrapRows + plannedRows);
  for (const { changeAtRow, promotedAtRow } of closed)
    refuseOpenLoop(promotedAtRow !== null, `Nothing was promoted after the change at row ${changeAtRow}.`);
  refuseOpenLoop(played.summary.closed, played.summary.reason);
  const { requests } = played.summary;
  return {
    results: { ...report, closed, promotions: shares, requests },
    options: { pace, rows: plannedRows },
  };
}
