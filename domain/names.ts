/** Names that one part makes and another reads; the namespace keeps staging and production apart. */
export const workflowIds = {
  supervise: (namespace: string, model: string) => `${namespace}/supervise/${model}`,
  retrain: (namespace: string, model: string) => `${namespace}/retrain/${model}`,
  rollout: (namespace: string, model: string) => `${namespace}/rollout/${model}`,
  notice: (namespace: string, id: string) => `${namespace}/notice/${id}`,
};

/** Workflows and control activities share one queue; fine-tuning has its own, polled by GPU workers. */
export const taskQueues = (namespace: string) => ({
  control: `${namespace}.driftloop.control`,
  training: `${namespace}.driftloop.training`,
});

/** The database schema of a namespace. */
export const databaseSchema = (namespace: string) =>
  namespace === 'default' ? 'driftloop' : `driftloop_${namespace.replaceAll(/[^a-z0-9]/g, '_')}`;

/** Metrics of the model server; what a rollout step is judged by. Every one carries `namespace`. */
export const servingMetrics = {
  /** counter: model, version, arm, code (HTTP status). One per request and arm that it was routed to. */
  requests: 'driftloop_requests_total',
  /** histogram: model, version, arm. From the request's arrival to its answer. */
  requestSeconds: 'driftloop_request_seconds',
  /** counter: model, version, arm. Instances that were answered. */
  instances: 'driftloop_instances_total',
  /** counter: model, version, arm. What was drawn for an arm of a canary that is sticky by entity (trial-units.ts). */
  trialUnits: 'driftloop_trial_units_total',
  /** counter: model, version, arm. Answers that could be none (no number, infinite, another shape); none of them left. */
  invalidOutputs: 'driftloop_invalid_outputs_total',
  /** counter: model, version. Instances that a version in shadow was not shown, because it was behind. */
  shadowDropped: 'driftloop_shadow_dropped_total',
  /** gauge. Predictions that wait on the server's disk, because Kafka does not take them. */
  spooledMessages: 'driftloop_spooled_messages',
  /** gauge. How much of its room on disk they take (0–1). */
  spoolUsed: 'driftloop_spool_used_ratio',
  /** histogram: rows of one call of the predictor. */
  batchRows: 'driftloop_batch_rows',
  /** counter: outcome (accepted, refused). */
  feedback: 'driftloop_feedback_received_total',
  /** gauge: model. The generation of the route in service. */
  routeGeneration: 'driftloop_route_generation',
  /** gauge: model. 1 while a newer route than the one in service could not be loaded, or the store went back. */
  routeStuck: 'driftloop_route_stuck',
  /** gauge: model, version, role (champion, challenger). 1 when loaded. */
  versionLoaded: 'driftloop_version_loaded',
  /** gauge: backend. 1 for the TensorFlow that answers. */
  backendInfo: 'driftloop_backend_info',
} as const;
