import { DriftloopError } from '../../domain/errors.ts';
import type { InputRow } from '../../domain/input.ts';
import type { AnyOutput } from '../../domain/task.ts';

/** One answer of the server, in the order of the instances asked. */
export type Answered = { predictionId: string; version: string } & AnyOutput;
export type Label = {
  feedbackId: string;
  predictionId: string;
  value: string | number | string[];
  at: string;
};

/** A client of the serving contract, as a team's own service would be one. A refusal or a silence throws. */
export type ServingClient = {
  /** Whether a champion answers. */
  isServing(): Promise<boolean>;
  predict(instances: readonly InputRow[]): Promise<Answered[]>;
  feedback(labels: readonly Label[]): Promise<void>;
};

/** What one request may take before it counts as failed. */
const requestTimeoutMs = 30_000;

export function createServingClient(options: {
  server: string;
  token: string;
  model: string;
  source: string;
}): ServingClient {
  const ask = async (path: string, init: RequestInit): Promise<unknown> => {
    const response = await fetch(new URL(path, options.server), {
      ...init,
      headers: { authorization: `Bearer ${options.token}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text || 'null');
    throw new DriftloopError(
      'DL_REQUEST_REFUSED',
      `${path} answered ${response.status}: ${text.slice(0, 500)}`,
      {
        fix: "Look into the server's log; `driftloop doctor` says which parts are there.",
        retryable: response.status >= 500,
      },
    );
  };
  const post = (path: string, body: unknown) => ask(path, { method: 'POST', body: JSON.stringify(body) });
  const model = `/v1/models/${encodeURIComponent(options.model)}`;
  return {
    async isServing() {
      const status = (await ask(model, { method: 'GET' })) as { model_version_status: { state: string }[] };
      return status.model_version_status.some(({ state }) => state === 'AVAILABLE');
    },
    async predict(instances) {
      const path = `${model}:predict`;
      const answer = (await post(path, { instances })) as { predictions?: Answered[] } | null;
      if (answer?.predictions?.length === instances.length) return answer.predictions;
      throw new DriftloopError(
        'DL_ANSWER_UNEXPECTED',
        `${path} was asked ${instances.length} instances and answered ${answer?.predictions?.length ?? 'no'} predictions.`,
        {
          fix: 'Point the demo at a Driftloop server; another program answers at this address.',
          status: 502,
        },
      );
    },
    async feedback(labels) {
      const answer = await post(
        '/v1/feedback',
        labels.map((label) => ({ ...label, kind: 'label', source: options.source })),
      );
      const { accepted, problems } = answer as { accepted: number; problems?: unknown };
      if (accepted === labels.length) return;
      throw new DriftloopError(
        'DL_FEEDBACK_REFUSED',
        `Of ${labels.length} labels ${accepted} were accepted: ${JSON.stringify(problems ?? []).slice(0, 500)}`,
        { fix: "Compare the labels of the stream with the config's." },
      );
    },
  };
}
