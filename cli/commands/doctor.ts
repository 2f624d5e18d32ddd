import pc from 'picocolors';
import { examineParts } from '../../infra/local/doctor.ts';
import type { PartReport } from '../../infra/local/doctor.ts';
import { readDevFile } from '../dev-file.ts';
import { table } from '../output.ts';
import type { Answer } from '../output.ts';

/** Each part: where it was found, its version, whether it answers, and what to type. */
export async function runDoctor(): Promise<Answer> {
  const running = readDevFile()?.environment;
  const parts = await examineParts(
    running === undefined
      ? {}
      : {
          running: {
            temporal: running['DRIFTLOOP_TEMPORAL_ADDRESS']!,
            kafkaBrokers: running['DRIFTLOOP_KAFKA_BROKERS']!,
            databaseUrl: running['DATABASE_URL']!,
            prometheus: running['DRIFTLOOP_PROMETHEUS_URL']!,
            alertmanager: running['DRIFTLOOP_ALERTMANAGER_URL']!,
          },
        },
  );
  const isWell = parts.every((part) => part.optional || (part.where !== 'missing' && part.healthy !== false));
  const fixes = parts.filter((part) => part.fix !== null).map((part) => `${part.title}: ${part.fix}`);
  return {
    json: { healthy: isWell, parts },
    text: [
      table([
        ['PART', 'FOUND', 'VERSION', 'HEALTH', 'WHERE'],
        ...parts.map((part) => [part.title, part.where, part.version ?? '', sayHealth(part), part.at ?? '']),
      ]),
      ...(fixes.length > 0 ? ['', ...fixes] : []),
    ].join('\n'),
    next: running === undefined ? 'driftloop dev' : 'driftloop model list',
    exitCode: isWell ? 0 : 1,
  };
}

const sayHealth = ({ healthy }: PartReport): string =>
  healthy === null ? 'not started' : healthy ? pc.green('answers') : pc.red('does not answer');
