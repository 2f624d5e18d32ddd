import { createApprovalActivities } from './approvals.ts';
import { createLabelActivities } from './await-labels.ts';
import { createCanaryActivities } from './canary.ts';
import { createServabilityActivities } from './check-servability.ts';
import { createSnapshotActivities } from './cut-snapshot.ts';
import { createDrillActivities } from './drill-way-back.ts';
import { createGateActivities } from './evaluate-challenger.ts';
import { createHandOverActivities } from './hand-over.ts';
import { createJudgeActivities } from './judge-step.ts';
import { productionPace, type Pace } from './keep-watching.ts';
import { createPlanActivities } from './plan-run.ts';
import type { Ports } from './ports.ts';
import { createMemoryActivities } from './recall-earlier-version.ts';
import { createRegistryActivities } from './register.ts';
import { createStoryActivities } from './run-story.ts';
import { createArrivalActivities } from './score-arrivals.ts';
import { createSteeringActivities } from './steer-rollout.ts';
import { createTriageActivities } from './triage.ts';
import { createWatchActivities } from './watch-for-trigger.ts';

export type ControlSettings = {
  namespace: string;
  /** How often a supervisor looks; default once a minute. */
  pace?: Pace;
  /** Where people outside reach the console, for what is handed over to them. */
  consoleUrl?: string;
  /** Of the trace in which an activity is done; left out where traces are off. */
  traceId?: () => string | null;
};

/** Everything that runs on the control queue. */
export const createControlActivities = (
  ports: Omit<Ports, 'trainer' | 'bases'>,
  { pace = productionPace, traceId, ...where }: ControlSettings,
) => ({
  ...createWatchActivities(ports, pace),
  ...createStoryActivities(ports, traceId),
  ...createTriageActivities(ports),
  ...createPlanActivities(ports),
  ...createMemoryActivities(ports),
  ...createLabelActivities(ports, pace),
  ...createSnapshotActivities(ports),
  ...createRegistryActivities(ports),
  ...createGateActivities(ports),
  ...createServabilityActivities(ports),
  ...createCanaryActivities(ports, where),
  ...createJudgeActivities(ports, where),
  ...createArrivalActivities(ports),
  ...createSteeringActivities(ports),
  ...createDrillActivities(ports),
  ...createHandOverActivities(ports, pace, where),
  ...createApprovalActivities(ports, where),
});
export type ControlActivities = ReturnType<typeof createControlActivities>;

/** Everything that runs on the training queue. */
export { createFineTuneActivities as createTrainingActivities } from './fine-tune.ts';
export type { TrainingActivities } from './fine-tune.ts';
