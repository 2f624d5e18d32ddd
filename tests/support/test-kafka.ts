import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { java } from '../../infra/local/parts/java.ts';
import { kafka } from '../../infra/local/parts/kafka.ts';
import { isKafkaHealthy } from '../../infra/local/probes.ts';
import { startProcess } from '../../infra/local/keeper.ts';
import { locate } from '../../infra/local/provision.ts';
import { classPath } from '../../infra/local/services/class-archive.ts';
import { startKafka } from '../../infra/local/services/kafka.ts';
import { realTools } from '../../infra/local/tools.ts';

export type TestKafka = {
  brokers: string[];
  /** False where the brokers were given: they cannot be taken away. */
  isOurs: boolean;
  /** Takes the broker away; `comeBack` brings it back on the same port with the same log. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  stop(): Promise<void>;
};

/** A real Kafka: the one of DRIFTLOOP_KAFKA_BROKERS, or one that is started for this test file. */
export async function startTestKafka(): Promise<TestKafka> {
  const tools = realTools();
  const [broker, runtime] = [await locate(kafka, tools), await locate(java, tools)];
  if (broker === null) throw new Error('Kafka has not been provisioned');
  if (broker.where === 'environment') {
    const nothing = async () => {};
    const brokers = broker.address.split(',');
    return { brokers, isOurs: false, goAway: nothing, comeBack: nothing, stop: nothing };
  }
  if (runtime === null || runtime.where === 'environment') throw new Error('Java has not been provisioned');
  const programs = { java: runtime.files.java, libs: broker.files.libs };
  const directory = await mkdtemp(join(tmpdir(), 'driftloop-test-kafka-'));
  const setting = { directory, logs: join(directory, 'logs') };
  const { brokers, service } = await startKafka(programs, { ...setting, lastPorts: [] });
  let running = service.process;
  return {
    brokers: brokers.split(','),
    isOurs: true,
    goAway: async () => void (await running.stop()),
    async comeBack() {
      // With the configuration of the first start, and so on its port.
      const configuration = join(directory, 'server.properties');
      running = await startProcess({
        name: 'kafka',
        command: programs.java,
        args: ['-Xmx256m', '-XX:+UseSerialGC', '-cp', classPath(programs.libs), 'kafka.Kafka', configuration],
        logFile: join(setting.logs, 'kafka.log'),
      });
      while (!(await isKafkaHealthy(brokers))) await wait(200);
    },
    async stop() {
      await running.stop();
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
