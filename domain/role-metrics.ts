import { servingMetrics } from './names.ts';

/** What a role counts itself, in its own process: it begins at zero with it. Every one carries `namespace`. */
export type RoleMetric = Readonly<{
  name: `driftloop_${string}`;
  role: 'server' | 'console' | 'worker' | 'worker --gpu';
  kind: 'counter' | 'gauge' | 'histogram';
  help: string;
  labels: readonly string[];
  /** Upper bounds of a histogram. */
  buckets?: readonly number[];
}>;

const arms =
  "Arm: champion; baseline (the part of the champion in a canary that is as large as the challenger's, where it can be); challenger; shadow (copies, whose answers nobody gets); named (a version that was asked for by its name).";

export const roleMetrics = {
  requests: {
    name: servingMetrics.requests,
    role: 'server',
    kind: 'counter',
    help: `Predict requests, by the version and arm they were routed to and the HTTP status of the answer. ${arms}`,
    labels: ['model', 'version', 'arm', 'code'],
  },
  requestSeconds: {
    name: servingMetrics.requestSeconds,
    role: 'server',
    kind: 'histogram',
    help: 'From the arrival of a predict request to its answer; of a copy (arm "shadow"), from its sending to its answer.',
    labels: ['model', 'version', 'arm'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  instances: {
    name: servingMetrics.instances,
    role: 'server',
    kind: 'counter',
    help: 'Instances answered, by version and arm.',
    labels: ['model', 'version', 'arm'],
  },
  trialUnits: {
    name: servingMetrics.trialUnits,
    role: 'server',
    kind: 'counter',
    help: 'Of models with an entity: what was drawn for an arm of a canary. Each entity once a step and server, each instance without one. By it the samples are compared, because requests of one entity go together.',
    labels: ['model', 'version', 'arm'],
  },
  invalidOutputs: {
    name: servingMetrics.invalidOutputs,
    role: 'server',
    kind: 'counter',
    help: 'Answers of a version that could be none: no number, infinite, or of another shape. None of them left the server.',
    labels: ['model', 'version', 'arm'],
  },
  shadowDropped: {
    name: servingMetrics.shadowDropped,
    role: 'server',
    kind: 'counter',
    help: 'Instances that a version in shadow was not shown, because it had not answered the copies before them.',
    labels: ['model', 'version'],
  },
  spooledMessages: {
    name: servingMetrics.spooledMessages,
    role: 'server',
    kind: 'gauge',
    help: 'Predictions that wait on the disk of the server, because Kafka does not take them.',
    labels: [],
  },
  spoolUsed: {
    name: servingMetrics.spoolUsed,
    role: 'server',
    kind: 'gauge',
    help: 'How much of its room on disk they take (0-1); at 1 requests are turned away.',
    labels: [],
  },
  batchRows: {
    name: servingMetrics.batchRows,
    role: 'server',
    kind: 'histogram',
    help: 'Rows of one call of the predictor.',
    labels: [],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
  },
  feedback: {
    name: servingMetrics.feedback,
    role: 'server',
    kind: 'counter',
    help: 'Feedback items received, by what became of them.',
    labels: ['outcome'],
  },
  routeGeneration: {
    name: servingMetrics.routeGeneration,
    role: 'server',
    kind: 'gauge',
    help: 'Generation of the route in service.',
    labels: ['model'],
  },
  routeStuck: {
    name: servingMetrics.routeStuck,
    role: 'server',
    kind: 'gauge',
    help: '1 while the newest route of the store is not the one in service.',
    labels: ['model'],
  },
  versionLoaded: {
    name: servingMetrics.versionLoaded,
    role: 'server',
    kind: 'gauge',
    help: '1 for a routed version that is loaded and warm.',
    labels: ['model', 'version', 'role'],
  },
  backendInfo: {
    name: servingMetrics.backendInfo,
    role: 'server',
    kind: 'gauge',
    help: '1 for the TensorFlow that answers.',
    labels: ['backend'],
  },
  trainingStep: {
    name: 'driftloop_training_step',
    role: 'worker --gpu',
    kind: 'gauge',
    help: 'The step that the training of a model is at; absent while none is on its way, as are the others of a training.',
    labels: ['model'],
  },
  trainingLoss: {
    name: 'driftloop_training_loss',
    role: 'worker --gpu',
    kind: 'gauge',
    help: 'The latest loss of the training, on what it learns from (part "train") and on what it does not (part "validation").',
    labels: ['model', 'part'],
  },
  trainingRate: {
    name: 'driftloop_training_learning_rate',
    role: 'worker --gpu',
    kind: 'gauge',
    help: 'The learning rate of the next step.',
    labels: ['model'],
  },
  trainingExamples: {
    name: 'driftloop_training_examples_per_second',
    role: 'worker --gpu',
    kind: 'gauge',
    help: 'Examples that the training learns from in a second.',
    labels: ['model'],
  },
  trainingMemory: {
    name: 'driftloop_training_memory_bytes',
    role: 'worker --gpu',
    kind: 'gauge',
    help: 'Memory that the process of the training holds.',
    labels: ['model'],
  },
  webhookDeliveries: {
    name: 'driftloop_webhook_deliveries',
    role: 'worker',
    kind: 'gauge',
    help: 'Events for a webhook, by how they stand: waiting, delivered (of the last 30 days), or dead (given up). Every worker says the same.',
    labels: ['webhook', 'state'],
  },
  consoleRequests: {
    name: 'driftloop_console_requests_total',
    role: 'console',
    kind: 'counter',
    help: 'Requests to the console, by HTTP status.',
    labels: ['code'],
  },
} as const satisfies Readonly<Record<string, RoleMetric>>;
