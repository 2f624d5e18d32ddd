import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DCLinter } from 'dclint';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { alertmanagerConfig } from '../../../../infra/local/services/alertmanager.ts';
import { createProgram } from '../../../../cli/main.ts';
import { readEnvironment } from '../../../../cli/environment.ts';
import { roleNames } from '../../../../cli/roles/role.ts';

/** What people with Docker start. There is no Docker here, so the file is held against the specification and the code. */
const folder = fileURLToPath(new URL('../../../../infra', import.meta.url));
const file = path.join(folder, 'compose.yaml');
const text = readFileSync(file, 'utf8');
type Service = {
  image: string;
  build?: { context: string; dockerfile: string };
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  secrets?: string[];
  restart: string;
  healthcheck: { disable?: true; test?: string[] };
  depends_on?: Record<string, { condition: string }>;
};
const compose = parse(text, { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, null>;
  secrets: Record<string, { environment: string }>;
};
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);
const source = (name: string) => readFileSync(path.join(folder, '..', name), 'utf8');
/** `${NAME:-default}` and the like, as compose fills them in. */
const filledIn = (value: string, given: Record<string, string>) =>
  value.replaceAll(
    /\$\{(\w+)(?::[-?]([^}]*))?\}/g,
    (_, name: string, other: string) => given[name] ?? other ?? '',
  );

test('the file keeps the compose specification', () => {
  const linter = new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [] });
  const results = linter.lintFiles([file], false) as {
    messages: { type: string; rule: string; message: string }[];
  }[];
  expect(results).toHaveLength(1);
  // Its errors are about the specification; its warnings about the order of keys, which is ours.
  const errors = results[0]!.messages.filter(({ type }) => type === 'error');
  expect(errors.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
});

test('everything has a pinned version; nothing is latest', () => {
  const images = [
    ...services.filter(([, { build }]) => build === undefined).map(([, { image }]) => image),
    ...[...readFileSync(path.join(folder, 'Dockerfile'), 'utf8').matchAll(/^FROM (\S+)/gm)].map(
      ([, image]) => image!,
    ),
  ];
  expect(images.length).toBeGreaterThan(5);
  for (const image of images) expect(image).toMatch(/^[a-z/]+:v?\d+\.\d+(\.\d+)?(-[a-z-]+)?$/);
});

test('each role runs once, with a health check; what is done once is done before', () => {
  const long = ours.filter(([, { restart }]) => restart !== 'no');
  expect(long.map(([name]) => name).sort()).toEqual([...roleNames].sort());
  for (const [name, service] of services) {
    const isOnce = service.restart === 'no';
    expect(service.healthcheck.disable === true, name).toBe(isOnce);
    expect(service.healthcheck.test === undefined, name).toBe(isOnce);
  }
  for (const [name, { depends_on: before = {} }] of services) {
    for (const [needed, { condition }] of Object.entries(before)) {
      const once = compose.services[needed]!.restart === 'no';
      expect(condition, `${name} after ${needed}`).toBe(
        once ? 'service_completed_successfully' : 'service_healthy',
      );
    }
  }
  const order = new Map<string, number>();
  const depth = (name: string, seen: readonly string[] = []): number => {
    expect(seen, 'services that wait for each other').not.toContain(name);
    const before = Object.keys(compose.services[name]!.depends_on ?? {});
    const known = order.get(name) ?? 1 + Math.max(0, ...before.map((n) => depth(n, [...seen, name])));
    order.set(name, known);
    return known;
  };
  for (const [name] of services) depth(name);
  expect(order.get('migrate')!).toBeLessThan(order.get('apply')!);
  for (const role of roleNames) expect(order.get(role)!).toBeGreaterThan(order.get('apply')!);
});

describe.each(ours)('%s', (_, service) => {
  test('its command is one of the command line, with options that are there', () => {
    const words = [...service.command!];
    let command: Command = createProgram();
    while (words.length > 0) {
      const next = command.commands.find((c) => c.name() === words[0]);
      if (next === undefined) break;
      command = next;
      words.shift();
    }
    expect(command.parent).not.toBeNull();
    const known = command.options.map((option) => option.long);
    expect(words.filter((word) => word.startsWith('--')).filter((word) => !known.includes(word))).toEqual([]);
  });

  test('its environment is one that the command line reads, and all of what it asks for', () => {
    const given = { POSTGRES_PASSWORD: 'p'.repeat(48), DRIFTLOOP_TOKEN: 't'.repeat(48) };
    const filled = Object.fromEntries(
      Object.entries(service.environment!).map(([name, value]) => [name, filledIn(value, given)]),
    );
    const environment = readEnvironment(filled, null);
    expect(environment.databaseUrl).toContain(given.POSTGRES_PASSWORD);
    const code = [
      'cli/environment.ts',
      'cli/roles/run-role.ts',
      'cli/roles/server.ts',
      'infra/oidc/settings.ts',
      'infra/tracing/settings.ts',
    ]
      .map(source)
      .join('\n');
    for (const name of Object.keys(filled)) expect(code).toContain(name);
  });
});

test('addresses name services, on ports that nobody chose for this machine', () => {
  const { environment } = compose.services['server']!;
  for (const [variable, name] of [
    ['DRIFTLOOP_TEMPORAL_ADDRESS', 'temporal'],
    ['DRIFTLOOP_KAFKA_BROKERS', 'kafka'],
    ['DRIFTLOOP_PROMETHEUS_URL', 'prometheus'],
    ['DRIFTLOOP_ALERTMANAGER_URL', 'alertmanager'],
    ['DATABASE_URL', 'postgres'],
  ]) {
    expect(environment![variable!]).toMatch(new RegExp(`(^|//|@)${name}:\\d+`));
    expect(compose.services).toHaveProperty(name!);
  }
  const ports = services.flatMap(([, service]) => service.ports ?? []);
  expect(ports.length).toBeGreaterThan(0);
  // Only on this machine, and any free one where no variable says which.
  for (const port of ports) expect(filledIn(port, {})).toMatch(/^127\.0\.0\.1::\d+$/);
});

test('every variable is explained at the top, and secrets have no default', () => {
  const [top] = text.split('\nname:');
  const used = new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name!));
  for (const name of used) expect(top).toContain(name);
  for (const secret of ['POSTGRES_PASSWORD', 'DRIFTLOOP_TOKEN']) {
    for (const [use] of text.matchAll(new RegExp(`\\$\\{${secret}[^}]*\\}`, 'g')))
      expect(use).toContain(':?');
  }
  expect(compose.secrets['driftloop_token']).toEqual({ environment: 'DRIFTLOOP_TOKEN' });
});

test('what is mounted and built is there', () => {
  for (const [name, { volumes = [], build }] of services) {
    for (const volume of volumes) {
      const [from] = filledIn(volume, {}).split(':');
      if (from!.startsWith('.')) expect(existsSync(path.join(folder, from!)), `${name}: ${from}`).toBe(true);
      else expect(compose.volumes, name).toHaveProperty(from!);
    }
    if (build !== undefined)
      expect(existsSync(path.join(folder, build.context, build.dockerfile))).toBe(true);
  }
  const dockerfile = source('infra/Dockerfile');
  for (const [, named] of dockerfile.matchAll(/node (?:--import tsx )?((?:cli|infra)\/\S+)/g))
    expect(existsSync(path.join(folder, '..', named!)), named).toBe(true);
});

test('Alertmanager tells the console as a local one does, with the token from its secret', () => {
  const theirs = parse(source('infra/compose/alertmanager.yml')) as Record<string, unknown>;
  const local = parse(alertmanagerConfig({ webhookUrl: 'http://console:8080/alerts', bearerToken: 't' })) as {
    receivers: { webhook_configs: { http_config: { authorization: Record<string, string> } }[] }[];
  };
  local.receivers[0]!.webhook_configs[0]!.http_config.authorization = {
    type: 'Bearer',
    credentials_file: '/run/secrets/driftloop_token',
  };
  expect(theirs).toEqual(local);
});

test('Prometheus scrapes every role where it listens, and reads the rules that are written', () => {
  const { scrape_configs: jobs, rule_files: rules } = parse(source('infra/compose/prometheus.yml')) as {
    scrape_configs: { static_configs: { targets: string[] }[] }[];
    rule_files: string[];
  };
  const targets = jobs.flatMap((job) => job.static_configs.flatMap((c) => c.targets));
  expect(targets.sort()).toEqual(roleNames.map((role) => `${role}:8080`).sort());
  expect(rules).toEqual(['/etc/prometheus/driftloop/*.rules.yml']);
  expect(compose.services['prometheus']!.volumes).toContain('rules:/etc/prometheus/driftloop:ro');
});
