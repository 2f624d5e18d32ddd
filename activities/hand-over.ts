import { DriftloopError } from '../domain/errors.ts';
import { predictionsThatTell } from '../domain/rollout-config.ts';
import type { ServedOutside } from '../domain/serving-config.ts';
import { nothingSeen, observeCounts, sayAnswers, whoAnswers } from '../monitors/who-answers.ts';
import { webhookRefused } from './approvals.ts';
import { refuseOtherChampion } from './canary.ts';
import { keepWatching, type Pace } from './keep-watching.ts';
import type { Ports } from './ports.ts';

export type HandOver = {
  runId: string;
  model: string;
  configDigest: string;
  version: string;
  digest: string;
  /** The champion that it was judged against. */
  champion: string;
  /** What the gate said. */
  because: string;
  /** RFC 3339; the same at every try, so that the message is the same. */
  at: string;
};

export type ProductionSeen = {
  /** Production answers with the version. If not, ask again. */
  isAnswering: boolean;
  sentence: string;
};

type HandOverPorts = Pick<
  Ports,
  'models' | 'versions' | 'routes' | 'runs' | 'examples' | 'artifacts' | 'webhook'
>;

/** What a team that serves a model itself is told, and what its production says back. */
export const createHandOverActivities = (
  ports: HandOverPorts,
  pace: Pace,
  { namespace, consoleUrl }: { namespace: string; consoleUrl?: string },
) => ({
  /**
   * Posts a version that has passed the gate to its team's webhook. Safe to repeat: the id and the body stay the
   * same, and the receiver knows them. Throws until it is answered 2xx; each kind of refusal stands in the story once.
   */
  async deliverVersion(handOver: HandOver): Promise<void> {
    const { runId, model, configDigest, version } = handOver;
    const { serving } = await ports.models.getPinned(model, configDigest);
    if (serving.kind !== 'outside') throw notServedOutside(model);
    await refuseOtherChampion(ports, handOver);
    try {
      await deliver(ports, serving, handOver, { namespace, ...(consoleUrl ? { consoleUrl } : {}) });
    } catch (error) {
      if (!(error instanceof DriftloopError)) throw error;
      const sentence = `${version} could not be handed over yet and is tried again, for ${serving.deliverWithin} in all. ${error.message}`;
      await ports.runs.note(runId, { key: `hand-over-${error.message}`, phase: 'rollout', sentence });
      throw error;
    }
  },

  /** Waits until production answers with the version, for a stretch or until `untilMs`. Safe to repeat: it only reads. */
  async awaitProduction(wait: {
    model: string;
    configDigest: string;
    version: string;
    untilMs: number;
  }): Promise<ProductionSeen> {
    const { model, configDigest, version, untilMs } = wait;
    const { rollout } = await ports.models.getPinned(model, configDigest);
    let seen = nothingSeen;
    const stretchMs = Math.min(pace.stretchMs, untilMs - Date.now());
    const isAnswering = await keepWatching({ ...pace, stretchMs }, async () => {
      seen = observeCounts(seen, await ports.examples.answered(model), predictionsThatTell(rollout));
      return whoAnswers(seen) === version ? true : null;
    });
    return { isAnswering: isAnswering === true, sentence: sayAnswers(seen) };
  },
});

async function deliver(
  { versions, runs, artifacts, webhook }: HandOverPorts,
  { webhook: url, secretEnv }: ServedOutside,
  handOver: HandOver,
  { namespace, consoleUrl }: { namespace: string; consoleUrl?: string },
): Promise<void> {
  const { runId, model, version, digest, champion, because, at } = handOver;
  const path = `/api/models/${model}/versions/${version}/artifact`;
  const { parent, createdAt, accuracyOnTest } = await versions.get(model, version);
  const evaluation = (await runs.evaluations(runId)).at(-1);
  const id = `${runId}-${version}`;
  const event = {
    specversion: '1.0',
    id,
    source: `/driftloop/${namespace}`,
    type: 'driftloop.version.handover.v1',
    subject: `${model}/${version}`,
    time: at,
    datacontenttype: 'application/json',
    data: {
      namespace,
      model,
      version,
      digest,
      runId,
      because,
      champion,
      lineage: { parent, createdAt },
      metrics: {
        accuracyOnTest,
        ...(evaluation === undefined ? {} : { testDigest: evaluation.testDigest, ...evaluation.report }),
      },
      artifact: {
        path,
        ...(consoleUrl === undefined ? {} : { url: new URL(path, consoleUrl).href }),
        files: await artifacts.files(digest),
      },
    },
  };
  const body = JSON.stringify(event);
  const contentType = 'application/cloudevents+json';
  const { status } = await webhook.post({ url, secretEnv, id, body, contentType });
  if (status >= 200 && status < 300) return;
  throw webhookRefused(url, status);
}

const notServedOutside = (model: string) =>
  new DriftloopError(
    'DL_NOT_SERVED_OUTSIDE',
    `${model} is served by Driftloop: there is nobody to hand over to.`,
    {
      fix: 'Declare serving: outside({ webhook }) in the config.',
      status: 409,
    },
  );
