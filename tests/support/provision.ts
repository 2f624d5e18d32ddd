import { provisionAll } from '../../infra/local/parts.ts';

/** Once, before the first test that runs on the real services: whatever is missing is found or fetched. */
export async function setup(): Promise<void> {
  const began = Date.now();
  await provisionAll({
    report: ({ part, phase, message }) => {
      if (phase === 'looking') return;
      const seconds = ((Date.now() - began) / 1000).toFixed(0).padStart(4);
      process.stderr.write(`${seconds} s  ${part.padEnd(14)} ${message}\n`);
    },
  });
}
