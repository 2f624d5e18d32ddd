import { isChange } from '../../console/policy/plan-config.ts';
import type { Change, ConfigPlan, ModelPlan } from '../../console/policy/plan-config.ts';
import { sayValue } from '../../console/versions/say-comparison.ts';
import { loadConfig } from '../load-config.ts';
import type { Answer } from '../output.ts';
import { withDriftloop } from '../wiring.ts';
import { shellWord } from '../shell-word.ts';

/** What `driftloop apply` would do with a file. Exit code 1 where it would be refused. */
export async function planFile(file: string): Promise<Answer> {
  const { config } = await loadConfig(file);
  return withDriftloop(async ({ config: noun }) => {
    const plan = await noun.plan(config);
    const isRefused = plan.orphans.length > 0;
    return {
      json: { ...plan, changes: isChange(plan), refused: isRefused ? 'DL_CONFIG_ORPHANS_RUN' : null },
      text: printPlan(plan),
      next: isRefused || !isChange(plan) ? 'driftloop status' : `driftloop apply --config ${shellWord(file)}`,
      ...(isRefused ? { exitCode: 1 } : {}),
    };
  });
}

const signs = { added: '+', removed: '-', changed: '~', same: ' ' } as const;

/** What `driftloop plan` prints: each model with what changes and what comes of it, then the alerts. */
export function printPlan(plan: ConfigPlan): string {
  if (!isChange(plan)) return 'Nothing would change.';
  const { added, removed, changed } = plan.alerts;
  const alerts = [
    ...added.map((name) => `+ alert ${name}`),
    ...removed.map((name) => `- alert ${name}`),
    ...changed.map((name) => `~ alert ${name}`),
  ];
  const refused =
    plan.orphans.length === 0 ? [] : ['Apply would refuse it (DL_CONFIG_ORPHANS_RUN):', ...plan.orphans];
  return [...plan.models.flatMap(printModel), ...alerts, ...refused].join('\n');
}

const printModel = ({ model, kind, changes, effects }: ModelPlan): string[] =>
  kind === 'same'
    ? [`  ${model}: stays as it is`]
    : [
        `${signs[kind]} ${model}: ${kind}`,
        ...changes.map((change) => `    ${sayChange(change)}`),
        ...effects.map((effect) => `    ${effect}`),
      ];

const sayChange = ({ path, before, after }: Change): string =>
  `${path}: ${sayValue(before)} → ${sayValue(after)}`;
