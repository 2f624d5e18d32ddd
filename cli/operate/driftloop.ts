import { auditOf } from './audit.ts';
import { configOf } from './config.ts';
import { goldenOf } from './golden.ts';
import type { Installation } from './installation.ts';
import { labelsOf } from './label.ts';
import { modelsOf } from './model.ts';
import { rolloutsOf } from './rollout.ts';
import { runsOf } from './run.ts';
import { tokensOf } from './token.ts';
import { topicsOf } from './topic.ts';
import { versionsOf } from './version.ts';
import { webhooksOf } from './webhook.ts';

/** An installation by the nouns of the command line. */
export type Driftloop = ReturnType<typeof driftloopOf>;

export const driftloopOf = (installation: Installation) => ({
  config: configOf(installation),
  model: modelsOf(installation),
  run: runsOf(installation),
  rollout: rolloutsOf(installation),
  version: versionsOf(installation),
  golden: goldenOf(installation),
  label: labelsOf(installation),
  token: tokensOf(installation),
  audit: auditOf(installation),
  topic: topicsOf(installation),
  webhook: webhooksOf(installation),
});
