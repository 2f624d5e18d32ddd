/** Names that one part makes and another reads; the namespace keeps staging and production apart. */
export const workflowIds = {
  supervise: (namespace: string, model: string) => `${namespace}/supervise/${model}`,
  retrain: (namespace: string, model: string) => `${namespace}/retrain/${model}`,
  rollout: (namespace: string, model: string) => `${namespace}/rollout/${model}`,
};

/** Workflows and control activities share one queue; fine-tuning has its own, polled by GPU workers. */
export const taskQueues = (namespace: string) => ({
  control: `${namespace}.driftloop.control`,
  training: `${namespace}.driftloop.training`,
});

/** The database schema of a namespace. */
export const databaseSchema = (namespace: string) =>
  namespace === 'default' ? 'driftloop' : `driftloop_${namespace.replaceAll(/[^a-z0-9]/g, '_')}`;
