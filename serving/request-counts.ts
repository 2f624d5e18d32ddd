import { OutputInvalid } from '../domain/check-output.ts';
import { entityOf } from '../domain/entity.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { Route } from '../domain/version.ts';
import type { Question } from './answer-by-arm.ts';
import { asDriftloopError } from './answer-errors.ts';
import type { Arm } from './choose-arm.ts';
import type { ServingMetrics } from './metrics.ts';
import { createTrialUnits } from './trial-units.ts';

/** A request as it is counted: what it was routed by, and when it came. */
type Request = { route: Route; config: ModelConfig; startedAt: number };
type Routed = readonly Pick<Question, 'arm' | 'message'>[];

/** What is counted of requests, in whose name, and when. */
export function createCounts(metrics: ServingMetrics, clock: () => number) {
  const countUnits = createTrialUnits((labels, units) => metrics.trialUnits.inc(labels, units));

  /** Once for each arm that the request was routed to. */
  function routed({ route, config, startedAt }: Request, questions: Routed, status: number): void {
    const seconds = (clock() - startedAt) / 1_000;
    for (const { arm, message } of firstOfEachArm(questions)) {
      const labels = { model: route.model, version: message.version, arm };
      if (config.entity !== undefined)
        countUnits(route, {
          ...labels,
          entity: entityOf(config, message.context),
          instances: questions.filter((one) => one.arm === arm).length,
        });
      metrics.requests.inc({ ...labels, code: String(status) });
      metrics.requestSeconds.observe(labels, seconds);
    }
  }

  return {
    routed,
    /** A request that was routed to no version. */
    refused(model: string, status: number): void {
      metrics.requests.inc({ model, version: '', arm: '', code: String(status) });
    },
    /** A version could not answer what it was asked. */
    failed(request: Request, questions: Routed, error: unknown): void {
      routed(request, questions, asDriftloopError(error).status);
      const { message, arm } = questions[0]!;
      if (error instanceof OutputInvalid)
        metrics.invalidOutputs.inc({ model: request.route.model, version: message.version, arm }, error.rows);
    },
    answered(model: string, questions: Routed): void {
      for (const { message, arm } of questions)
        metrics.instances.inc({ model, version: message.version, arm });
    },
  };
}

function firstOfEachArm(questions: Routed): Routed {
  if (questions.length === 1) return questions;
  const seen = new Set<Arm>();
  return questions.filter(({ arm }) => !seen.has(arm) && seen.add(arm));
}
