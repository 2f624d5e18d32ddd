import { DriftloopError, describeError } from '../../domain/errors.ts';
import { tensorflow, tensorflowGpu } from '../tensorflow/part.ts';
import { linkNative } from '../tensorflow/native.ts';
import { webgpu } from '../tensorflow/webgpu/part.ts';
import type { Located, Part, PartEvent, Tools } from './part.ts';
import { alertmanager } from './parts/alertmanager.ts';
import { java } from './parts/java.ts';
import { kafka } from './parts/kafka.ts';
import { postgres } from './parts/postgres.ts';
import { prometheus } from './parts/prometheus.ts';
import { temporal } from './parts/temporal.ts';
import { provision } from './provision.ts';
import { realTools } from './tools.ts';

/** Everything that a loop runs on, in the order in which a person reads it. */
export const allParts: readonly Part[] = [
  temporal,
  java,
  kafka,
  prometheus,
  alertmanager,
  postgres,
  tensorflow,
  tensorflowGpu,
  webgpu,
];

/** Where each part of the stack is. Java is null where Kafka is given. */
export type StackParts = {
  temporal: Located<'temporal'>;
  java: Located<'java'> | null;
  kafka: Located<'libs'>;
  prometheus: Located<'prometheus' | 'promtool'>;
  alertmanager: Located<'alertmanager'>;
  postgres: Located<'initdb' | 'postgres'>;
};

/**
 * Find or fetch every part, all at once, and link TensorFlow's library into node_modules.
 *
 * One part that fails does not stop the others: what could be had stays in the cache, and all that is
 * missing is said together.
 *
 * @param report hears of each step of each part
 * @throws {DriftloopError} `DL_PART_MISSING` naming each missing part with its fix
 */
export async function provisionAll({
  env = process.env,
  report = () => {},
  tools = realTools(env),
}: {
  env?: Tools['env'];
  report?: (event: PartEvent) => void;
  tools?: Tools;
} = {}): Promise<StackParts> {
  const failures: DriftloopError[] = [];
  const one = <F extends string>(part: Part<F>): Promise<Located<F> | null> =>
    provision(part, tools, report).catch((error: unknown) => {
      if (!(error instanceof DriftloopError)) throw error;
      failures.push(error);
      return null;
    });
  const library = Promise.all([one(tensorflow), one(tensorflowGpu), one(webgpu)]).then(() => linkNative(env));
  const [temporalAt, javaAt, kafkaAt, prometheusAt, alertmanagerAt, postgresAt] = await Promise.all([
    one(temporal),
    one(java),
    one(kafka),
    one(prometheus),
    one(alertmanager),
    one(postgres),
    library,
  ]);
  if (failures.length === 1) throw failures[0]!;
  if (!temporalAt || !kafkaAt || !prometheusAt || !alertmanagerAt || !postgresAt || failures.length > 0) {
    throw new DriftloopError('DL_PART_MISSING', failures.map(describeError).join('\n'), {
      fix: 'See each line above; `driftloop doctor` shows all parts at once.',
      retryable: true,
    });
  }
  return {
    temporal: temporalAt,
    java: javaAt,
    kafka: kafkaAt,
    prometheus: prometheusAt,
    alertmanager: alertmanagerAt,
    postgres: postgresAt,
  };
}
