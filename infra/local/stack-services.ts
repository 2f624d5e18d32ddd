import type { Located, PartName } from './part.ts';
import type { StackParts } from './parts.ts';
import { startAlertmanager } from './services/alertmanager.ts';
import { startKafka } from './services/kafka.ts';
import { startPostgres } from './services/postgres.ts';
import { startPrometheus, type PrometheusSetting } from './services/prometheus.ts';
import type { Service, ServiceSetting } from './services/service.ts';
import { startTemporal } from './services/temporal.ts';

export type StackAddresses = {
  /** `host:port` of the frontend. */
  temporal: string;
  /** The web UI; null where the server was given and its UI is not known. */
  temporalUi: string | null;
  /** Comma-separated `host:port`. */
  kafkaBrokers: string;
  databaseUrl: string;
  prometheus: string;
  alertmanager: string;
};

/** Use what was given; otherwise start it, and remember it for the stop. */
export type Bring = <T extends { service: Service }>(
  part: PartName,
  located: Located,
  start: () => Promise<T>,
) => Promise<T | null>;

/** Start every part that is not given, all at once. */
export async function startServices(
  parts: StackParts,
  bring: Bring,
  setting: (name: string) => ServiceSetting,
  options: PrometheusSetting & { keepData: boolean },
): Promise<StackAddresses> {
  const { temporal, kafka, java, postgres, prometheus, alertmanager } = parts;
  const monitoring = async (): Promise<{ prometheus: string; alertmanager: string }> => {
    const alerts = await bring('alertmanager', alertmanager, () =>
      startAlertmanager(filesOf(alertmanager).alertmanager, setting('alertmanager')),
    );
    const alertmanagerUrl = alerts?.url ?? addressOf(alertmanager);
    const metrics = await bring('prometheus', prometheus, () =>
      startPrometheus(filesOf(prometheus).prometheus, alertmanagerUrl, {
        ...options,
        ...setting('prometheus'),
      }),
    );
    return { prometheus: metrics?.url ?? addressOf(prometheus), alertmanager: alertmanagerUrl };
  };
  // All are waited for, so that after a failure nothing is still on its way up when the others are stopped.
  const [workflows, log, database, urls] = await allSettled([
    bring('temporal', temporal, () => startTemporal(filesOf(temporal).temporal, setting('temporal'))),
    bring('kafka', kafka, () =>
      startKafka({ java: filesOf(java!).java, libs: filesOf(kafka).libs }, setting('kafka')),
    ),
    bring('postgres', postgres, () =>
      startPostgres(filesOf(postgres), options.keepData, setting('postgres')),
    ),
    monitoring(),
  ]);
  return {
    temporal: workflows?.address ?? addressOf(temporal),
    temporalUi: workflows?.ui ?? null,
    kafkaBrokers: log?.brokers ?? addressOf(kafka),
    databaseUrl: database?.databaseUrl ?? addressOf(postgres),
    ...urls,
  };
}

/** `Promise.all` that lets the others finish before it throws the first failure. */
async function allSettled<const T extends readonly Promise<unknown>[]>(
  promises: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

const addressOf = (located: Located): string => {
  if (located.where === 'environment') return located.address;
  throw new TypeError('a part that is not given has to be started');
};

const filesOf = <F extends string>(located: Located<F>): Readonly<Record<F, string>> => {
  if (located.where !== 'environment') return located.files;
  throw new TypeError('a part that is given has no files here');
};
