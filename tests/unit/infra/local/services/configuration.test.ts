import { statSync } from 'node:fs';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  alertmanagerConfig,
  writeAlertmanagerConfig,
} from '../../../../../infra/local/services/alertmanager.ts';
import { kafkaProperties } from '../../../../../infra/local/services/kafka.ts';
import { prometheusConfig } from '../../../../../infra/local/services/prometheus.ts';
import { canReach } from '../../../../../infra/local/services/unprivileged.ts';
import { tempFolder } from '../../../../support/temp-folder.ts';

test('Prometheus scrapes and evaluates every second and tells Alertmanager', () => {
  const config = parse(prometheusConfig(new URL('https://alerts.example:9093/team'))) as Record<
    string,
    unknown
  >;
  expect(config['global']).toEqual({ scrape_interval: '1000ms', evaluation_interval: '1000ms' });
  expect(config['rule_files']).toEqual(['rules/*.yml']);
  expect(config['alerting']).toEqual({
    alertmanagers: [
      { scheme: 'https', path_prefix: '/team', static_configs: [{ targets: ['alerts.example:9093'] }] },
    ],
  });
  expect(JSON.stringify(config['scrape_configs'])).toContain('targets/*.json');
});

test('Alertmanager sends every alert and its end to the webhook, with the token', () => {
  const webhook = { webhookUrl: 'http://127.0.0.1:1/alerts', bearerToken: 'secret' };
  const config = parse(alertmanagerConfig(webhook)) as {
    route: Record<string, unknown>;
    receivers: { name: string; webhook_configs: Record<string, unknown>[] }[];
  };
  expect(config.route).toMatchObject({
    receiver: config.receivers[0]!.name,
    group_wait: '0s',
    group_interval: '1s',
  });
  expect(config.receivers[0]!.webhook_configs).toEqual([
    {
      url: webhook.webhookUrl,
      send_resolved: true,
      http_config: { authorization: { type: 'Bearer', credentials: 'secret' } },
    },
  ]);
  expect(parse(alertmanagerConfig(null))).toMatchObject({ receivers: [{ name: 'driftloop' }] });
});

test("the file with the webhook's token is for its owner only", async () => {
  const file = await writeAlertmanagerConfig(tempFolder(), { webhookUrl: 'http://w', bearerToken: 'secret' });
  expect(statSync(file).mode & 0o077).toBe(0);
  expect(readFileSync(file, 'utf8')).toContain('secret');
});

test('Kafka keeps one copy of everything, and makes no topic by accident', () => {
  const properties = Object.fromEntries(
    kafkaProperties('/data', 1111, 2222)
      .trim()
      .split('\n')
      .map((line) => line.split('=', 2) as [string, string]),
  );
  expect(properties).toMatchObject({
    'log.dirs': '/data',
    'advertised.listeners': 'CLIENTS://127.0.0.1:1111',
    'controller.quorum.voters': '1@127.0.0.1:2222',
    'auto.create.topics.enable': 'false',
    'group.initial.rebalance.delay.ms': '0',
  });
  const copies = Object.entries(properties).filter(([name]) => /replication\.factor|min\.isr/.test(name));
  expect(copies.length).toBeGreaterThan(4);
  for (const [, value] of copies) expect(value).toBe('1');
});

test('a folder below a closed one cannot be reached by another user', () => {
  const open = tempFolder();
  chmodSync(open, 0o711);
  const closed = path.join(open, 'closed');
  mkdirSync(path.join(closed, 'inner'), { recursive: true });
  chmodSync(closed, 0o700);
  const stranger = { name: 'nobody', uid: 65534, gid: 65534 };
  expect(canReach(stranger, closed)).toBe(true);
  expect(canReach(stranger, path.join(closed, 'inner'))).toBe(false);
  const owner = { name: 'owner', uid: statSync(closed).uid, gid: 0 };
  expect(canReach(owner, path.join(closed, 'inner'))).toBe(true);
});
