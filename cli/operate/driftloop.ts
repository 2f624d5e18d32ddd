import { everyModel } from '../../domain/person.ts';
import { auditOf } from './audit.ts';
import { backUp } from './backup.ts';
import type { BackedUp, BackupWish } from './backup.ts';
import { configOf } from './config.ts';
import { driftOf } from './drift.ts';
import { goldenOf } from './golden.ts';
import type { Installation } from './installation.ts';
import { labelsOf } from './label.ts';
import { modelsOf } from './model.ts';
import { rollbackOf } from './rollback.ts';
import { rolloutsOf } from './rollout.ts';
import type { PrometheusPieces, RulesWish } from './rules.ts';
import { runsOf } from './run.ts';
import type { Status } from './status.ts';
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
  rollback: rollbackOf(installation),
  drift: driftOf(installation),
  golden: goldenOf(installation),
  label: labelsOf(installation),
  token: tokensOf(installation),
  audit: auditOf(installation),
  topic: topicsOf(installation),
  webhook: webhooksOf(installation),

  /** Does anything need me? Of every model, or of one; times are told in the zone. Throws DL_UNKNOWN_MODEL. */
  async status(model?: string, { zone = 'UTC' }: { zone?: string } = {}): Promise<Status> {
    const { statusOf, viewsOf } = await import('./status.ts');
    return statusOf(await viewsOf(installation, model), { now: Date.now(), zone });
  },

  /** Rules, a scrape job, a receiver and dashboards for a Prometheus and a Grafana of one's own, from the config that is applied. */
  async rules(wish: RulesWish = {}): Promise<PrometheusPieces> {
    await installation.admit({ right: 'view', model: everyModel });
    const { rulesOf } = await import('./rules.ts');
    const models = (await installation.stores.models.list()).map(({ config }) => config);
    return rulesOf({ models, namespace: installation.environment.namespace }, wish);
  },

  /** Writes the state of the namespace to a file; roles may run meanwhile. Back by `restore`. */
  backup: (wish: BackupWish): Promise<BackedUp> => backUp(installation, wish),
});
