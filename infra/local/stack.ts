import { existsSync } from 'node:fs';
import { mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DriftloopError } from '../../domain/errors.ts';
import { holdWhileWeRun, keepAfterAll, letGo, removeWhenWeEnd, type Exit } from './keeper.ts';
import type { Located, PartEvent, PartName } from './part.ts';
import { provisionAll, type StackParts } from './parts.ts';
import { writeAlertmanagerConfig, type AlertWebhook } from './services/alertmanager.ts';
import type { PrometheusSetting } from './services/prometheus.ts';
import type { Service, ServiceSetting } from './services/service.ts';
import { startServices, type StackAddresses } from './stack-services.ts';

export type { StackAddresses } from './stack-services.ts';

export type LocalStack = {
  addresses: StackAddresses;
  /** Folders that the local Prometheus reads: rules at `reloadPrometheus()`, targets by itself. */
  prometheusDir: { rules: string; targets: string };
  /** Make the local Prometheus read its rules again. Nothing happens where Prometheus was given. */
  reloadPrometheus(): Promise<void>;
  /** Send the local Alertmanager's alerts to this webhook. Nothing happens where it was given. */
  reloadAlertmanager(webhook: AlertWebhook): Promise<void>;
  /** Stop everything that was started here and wait until it is gone. Safe to repeat. */
  stop(): Promise<void>;
};

export type StackOptions = {
  /** Everything of the stack is in here: data, logs, configuration. */
  stateDir: string;
  /** Where the parts are, where that is known already; otherwise they are found or fetched. */
  parts?: StackParts;
  report?: (event: PartEvent) => void;
  prometheus?: PrometheusSetting;
  /** False: the folder is removed at the end, also when this process is killed. Default true. */
  keepData?: boolean;
  /** Hears of a service that ended by itself after it was up; it is started again at the same address. */
  onServiceEnded?: (name: string, exit: Exit) => void;
  /** Hears of a service that has ended by itself too often, and is not started again. */
  onServiceGivenUp?: (name: string, exit: Exit) => void;
  /** How long to wait for a stack of the same folder to end, in milliseconds. Default 15,000. */
  predecessorWithinMs?: number;
};

/** A stack that was killed needs this long, at most, to close its files. */
const PREDECESSOR_WITHIN_MS = 15_000;

/**
 * Start what the loop runs on: Temporal, Kafka, PostgreSQL, Prometheus and Alertmanager, all at once, on free
 * ports of 127.0.0.1. A part whose address is in the environment is used and not started. The services end
 * with this process, however it ends.
 *
 * A second start on the same folder goes on with the data of the first.
 *
 * @throws {DriftloopError} `DL_PART_MISSING`, `DL_SERVICE_FAILED`, or `DL_STACK_RUNNING` where a stack of
 *   another process uses the folder
 */
export async function startStack(options: StackOptions): Promise<LocalStack> {
  const { report = () => {}, keepData = true } = options;
  await mkdir(options.stateDir, { recursive: true });
  const root = await realpath(options.stateDir);
  const lock = `stack:${root}`;
  await becomeOwner(lock, root, options.predecessorWithinMs);
  if (!keepData) removeWhenWeEnd(root);
  const services: Service[] = [];
  let isStopping = false;
  const stop = async (): Promise<void> => {
    isStopping = true;
    await Promise.all(services.map(({ process }) => process.stop()));
    if (!keepData) {
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
      keepAfterAll(root);
    }
    letGo(lock);
  };
  try {
    const parts = options.parts ?? (await provisionAll({ report }));
    const lastPorts = await readPorts(root);
    const setting = (name: string): ServiceSetting => ({
      directory: join(root, name),
      logs: join(root, 'logs'),
      lastPorts: lastPorts[name] ?? [],
      onEnded: (exit) => options.onServiceEnded?.(name, exit),
      onGivenUp: (exit) => options.onServiceGivenUp?.(name, exit),
    });
    /** Use what was given; otherwise start it, remember it for `stop`, and say how long it took. */
    const bring = async <T extends { service: Service }>(
      part: PartName,
      located: Located,
      start: () => Promise<T>,
    ): Promise<T | null> => {
      if (located.where === 'environment') return null;
      const began = Date.now();
      const started = await start();
      services.push(started.service);
      // A stop that came while it was starting did not see it.
      if (isStopping) await started.service.process.stop();
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      report({ part, phase: 'ready', message: `up after ${seconds} s` });
      return started;
    };
    const addresses = await startServices(parts, bring, setting, { keepData, ...options.prometheus });
    await writeFile(join(root, 'ports.json'), JSON.stringify(portsOf(services)));
    return createStack(root, addresses, parts, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

function createStack(
  root: string,
  addresses: StackAddresses,
  parts: StackParts,
  stop: () => Promise<void>,
): LocalStack {
  let stopped: Promise<void> | undefined;
  return {
    addresses,
    prometheusDir: { rules: join(root, 'prometheus/rules'), targets: join(root, 'prometheus/targets') },
    async reloadPrometheus() {
      if (parts.prometheus.where !== 'environment') await reload('Prometheus', addresses.prometheus);
    },
    async reloadAlertmanager(webhook) {
      if (parts.alertmanager.where === 'environment') return;
      await writeAlertmanagerConfig(join(root, 'alertmanager'), webhook);
      await reload('Alertmanager', addresses.alertmanager);
    },
    stop: () => (stopped ??= stop()),
  };
}

async function reload(name: string, url: string): Promise<void> {
  const response = await fetch(`${url}/-/reload`, { method: 'POST' });
  const said = await response.text();
  if (response.ok) return;
  throw new DriftloopError(
    'DL_RELOAD_FAILED',
    `${name} does not take its new configuration: ${said.trim()}`,
    {
      fix: 'It goes on with the old one. Check the rules with `promtool check rules`.',
    },
  );
}

async function becomeOwner(lock: string, root: string, withinMs = PREDECESSOR_WITHIN_MS): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await holdWhileWeRun(lock))) {
    if (Date.now() > deadline) {
      throw new DriftloopError('DL_STACK_RUNNING', `Another process runs a stack in ${root}.`, {
        fix: 'Stop it (Ctrl-C in its terminal), or start in another folder.',
      });
    }
    await wait(100);
  }
}

async function readPorts(root: string): Promise<Record<string, number[]>> {
  const file = join(root, 'ports.json');
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, number[]>;
  } catch {
    // Only a preference: a file cut short by a kill is no reason not to start.
    return {};
  }
}

const portsOf = (services: readonly Service[]): Record<string, readonly number[]> =>
  Object.fromEntries(services.map(({ process, ports }) => [process.name, ports]));
