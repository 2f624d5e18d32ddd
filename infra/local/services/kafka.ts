import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isKafkaHealthy } from '../probes.ts';
import { runTool } from '../run-tool.ts';
import { classArchive, classPath } from './class-archive.ts';
import { isListening } from './is-listening.ts';
import { startService, type Service, type ServiceSetting } from './service.ts';

/** The configuration of one node that is broker and controller. Pure, so that a test can read it. */
export const kafkaProperties = (data: string, port: number, controllerPort: number): string =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `CLIENTS://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `CLIENTS://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'CLIENTS',
    'log.dirs': data,
    // Topics are made on purpose, with the partitions that they need.
    'auto.create.topics.enable': false,
    // One node can keep one copy.
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // Fewer internal partitions start sooner.
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.num.partitions': 4,
    // The first consumer of a group waits for others only where there are hundreds.
    'group.initial.rebalance.delay.ms': 0,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

const jvmOptions = [
  '-Xms128m',
  '-Xmx384m',
  '-XX:+UseSerialGC',
  // The second compiler makes a busy broker quicker after minutes, and takes a core from everybody until then.
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
];

/** A cluster id is 16 random bytes in URL-safe base64, and the tool takes a leading dash for an option. */
const clusterId = (): string => {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? clusterId() : id;
};

/** Apache Kafka, one node, its log kept in its folder. */
export async function startKafka(
  { java, libs }: { java: string; libs: string },
  setting: ServiceSetting,
): Promise<{ brokers: string; service: Service }> {
  const data = join(setting.directory, 'log');
  const configuration = join(setting.directory, 'server.properties');
  await mkdir(data, { recursive: true });
  const archive = await classArchive(java, libs);
  const jvm = [...jvmOptions, '-cp', classPath(libs)];
  const service = await startService(
    {
      name: 'kafka',
      portCount: 2,
      readyWithinMs: 90_000,
      command: async ([port, controllerPort]) => {
        await writeFile(configuration, kafkaProperties(data, port!, controllerPort!));
        if (!existsSync(join(data, 'meta.properties'))) {
          const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId(), '-c', configuration];
          await runTool({ command: java, args: [...jvm, ...format] });
        }
        return {
          command: java,
          args: [...archive.options, ...jvm, 'kafka.Kafka', configuration],
          graceMs: 12_000,
        };
      },
      isReady: async ([port]) => (await isListening(port!)) && isKafkaHealthy(`127.0.0.1:${port}`),
    },
    setting,
  );
  void service.process.exited.then(archive.keep);
  return { brokers: `127.0.0.1:${service.ports[0]}`, service };
}
