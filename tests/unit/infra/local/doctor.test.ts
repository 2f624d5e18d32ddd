import { expect, test } from 'vitest';
import { examineParts, reportOf } from '../../../../infra/local/doctor.ts';
import { kafka } from '../../../../infra/local/parts/kafka.ts';
import { postgres } from '../../../../infra/local/parts/postgres.ts';
import { temporal } from '../../../../infra/local/parts/temporal.ts';
import { postgresProblem } from '../../../../infra/postgres/reach.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { fakeTools } from './fake-tools.ts';

const quiet = { address: undefined, answered: null, platform: 'linux-x64' };

test('what is found needs nothing', () => {
  const found = { where: 'cache', version: '4.3.1', files: { libs: '/cache/libs' } } as const;
  expect(reportOf(kafka, found, quiet)).toEqual({
    part: 'kafka',
    title: 'Kafka',
    where: 'cache',
    version: '4.3.1',
    at: '/cache/libs',
    healthy: null,
    problem: null,
    optional: false,
    fix: null,
  });
});

test('what is missing is fetched on Linux x86-64, and has to be given elsewhere', () => {
  expect(reportOf(temporal, null, quiet)).toMatchObject({
    where: 'missing',
    fix: expect.stringMatching(/^Nothing: .*npm run demo/),
  });
  expect(reportOf(temporal, null, { ...quiet, platform: 'darwin-arm64' }).fix).toBe(temporal.fix);
  expect(reportOf(postgres, null, quiet).fix).toBe(postgres.fix);
});

test('an address that does not answer is said with its variable, and never with a password', () => {
  const address = 'postgres://user:secret@there:5432/db';
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const report = reportOf(
    postgres,
    { where: 'environment', address },
    { ...quiet, address, answered: { error: postgresProblem(address, refused) } },
  );
  expect(report).toMatchObject({
    where: 'environment',
    at: 'postgres://user:***@there:5432/db',
    healthy: false,
    problem: { code: 'DL_POSTGRES_UNREACHABLE', message: expect.stringContaining('connect ECONNREFUSED') },
  });
  expect(report.fix).toContain('unset DATABASE_URL');
  expect(JSON.stringify(report)).not.toContain('secret');
});

test('given parts and those of a running stack are asked, others are not', async () => {
  const asked: string[] = [];
  const probe = async (address: string) => {
    asked.push(address);
    if (address === 'k:9092') throw new Error('nobody there');
    return { version: '2.45.0' };
  };
  const env = { DRIFTLOOP_CACHE: tempFolder(), DRIFTLOOP_KAFKA_BROKERS: 'k:9092' };
  const reports = await examineParts({
    env,
    tools: fakeTools({}, { env }),
    probes: { kafka: probe, prometheus: probe, temporal: probe },
    running: { prometheus: 'http://p' },
  });
  const of = (part: string) => reports.find((report) => report.part === part);
  expect(asked.toSorted()).toEqual(['http://p', 'k:9092']);
  expect(of('kafka')).toMatchObject({ where: 'environment', healthy: false });
  expect(of('java')).toMatchObject({ where: 'not needed', fix: null });
  expect(of('prometheus')).toMatchObject({ where: 'missing', version: '2.45.0', healthy: true });
  expect(of('temporal')).toMatchObject({ where: 'missing', healthy: null });
  expect(of('tensorflow')).toMatchObject({ optional: true, where: 'missing' });
});
