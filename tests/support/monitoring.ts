import { createServer, type Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startAlertmanager, writeAlertmanagerConfig } from '../../infra/local/services/alertmanager.ts';
import { startPrometheus } from '../../infra/local/services/prometheus.ts';
import { createMetricsExporter, type SampleSource } from '../../infra/prometheus/exporter.ts';
import { prometheusPrograms } from './promtool.ts';

/** A real Prometheus with a real Alertmanager, as the local stack starts them, in a folder of their own. */
export async function startMonitoring({ scrapeIntervalMs = 1_000 } = {}) {
  const programs = await prometheusPrograms();
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-monitoring-'));
  const setting = (name: string) => ({
    directory: path.join(folder, name),
    logs: folder,
    lastPorts: [],
  });
  const alerts = await startAlertmanager(programs.alertmanager, setting('alertmanager'));
  const metrics = await startPrometheus(programs.prometheus, alerts.url, {
    ...setting('prometheus'),
    scrapeIntervalMs,
  });
  const reload = async (url: string) => {
    const response = await fetch(`${url}/-/reload`, { method: 'POST' });
    if (!response.ok) throw new Error(await response.text());
  };
  return {
    url: metrics.url,
    folders: {
      rulesDir: path.join(folder, 'prometheus', 'rules'),
      targetsDir: path.join(folder, 'prometheus', 'targets'),
    },
    reload: () => reload(metrics.url),
    async sendAlertsTo(webhookUrl: string, bearerToken: string) {
      await writeAlertmanagerConfig(path.join(folder, 'alertmanager'), { webhookUrl, bearerToken });
      await reload(alerts.url);
    },
    async stop() {
      await Promise.all([metrics.service.process.stop(), alerts.service.process.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One instance of a role: `/metrics` over HTTP, on a port that it keeps over restarts. */
export async function startInstance(source: SampleSource) {
  let server: Server;
  let port = 0;
  const start = async () => {
    // A new exporter each time: nothing may be remembered in the process.
    const exporter = createMetricsExporter({ source });
    server = createServer((_, response) => {
      exporter.scrape().then(
        (text) => response.writeHead(200, { 'content-type': exporter.contentType }).end(text),
        () => response.writeHead(503).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  };
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  await start();
  return { address: `127.0.0.1:${port}`, start, stop };
}

/** Asks until the answer is there; fails with what was last seen. */
export async function eventually<T>(
  ask: () => Promise<T | null>,
  { withinMs, everyMs = 100 }: { withinMs: number; everyMs?: number },
): Promise<T> {
  const until = performance.now() + withinMs;
  let last: unknown = null;
  while (performance.now() < until) {
    try {
      const answer = await ask();
      if (answer !== null) return answer;
      last = null;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`not within ${withinMs} ms`, { cause: last });
}
