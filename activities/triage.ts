import type { ModelConfig } from '../domain/model-config.ts';
import { imageOf } from '../domain/input.ts';
import { regretPolicyOf } from '../domain/policy/regret-policy.ts';
import type { PolicyView } from '../domain/ports.ts';
import type { Trigger } from '../domain/run.ts';
import type { Triage } from '../domain/triage.ts';
import { NO_LABEL } from '../monitors/triage/label-shift.ts';
import { diagnose } from '../monitors/triage/diagnose.ts';
import type { JudgedRow } from '../monitors/triage/diagnose.ts';
import { findBrokenData } from '../monitors/triage/input-quality.ts';
import { treat } from '../monitors/triage/treat.ts';
import { usualWindows, windowsOf } from '../monitors/triage/windows.ts';
import type { Window } from '../monitors/triage/windows.ts';
import { findEarlierVersion, keepRecalled } from './find-earlier-version.ts';
import type { MemoryPorts, Recalled } from './find-earlier-version.ts';
import type { Ports } from './ports.ts';
import { whyNotRecalibrated } from './why-not-recalibrated.ts';

/** With the version that is taken, where the treatment is to reuse one. */
export type RunTriage = Triage & { recalled: Recalled | null };

export type TriageQuestion = { runId: string; model: string; configDigest: string; trigger: Trigger };

/** Newest live inputs that are looked at, and messages before them that say what is usual. */
const NEWEST_INPUTS = 500;
const MESSAGES_BEFORE = 2_000;
/** Rows on either side of a change; images are as large as a thousand rows each. */
const ROWS_AT_MOST = 4_000;
const IMAGES_AT_MOST = 300;

/** What lies behind an alarm, before anything is trained. */
export const createTriageActivities = (ports: MemoryPorts) => ({
  /**
   * Reads the newest inputs and the champion's labelled rows, and asks its memory. Safe to repeat: it only reads, and
   * keeps the evidence for an earlier version once.
   */
  async triage(question: TriageQuestion): Promise<RunTriage> {
    const { model, configDigest, trigger } = question;
    const config = await ports.models.getPinned(model, configDigest);
    const policy = regretPolicyOf(config);
    const view = await ports.examples.policyView(model);
    const champion = view.champion;
    const reference = await ports.versions.reference(model, champion.version);
    const windows = windowsOf(view, policy, { ...usualWindows, mostRows: rowsAtMost(config) });
    const before = await judgedRows(ports, view, config, windows.before);
    const now = await judgedRows(ports, view, config, windows.now);
    const newest = await ports.examples.recentInputs(model, NEWEST_INPUTS);
    const broken = findBrokenData({
      input: config.input,
      newest,
      before: before.map(({ input }) => input),
      reference,
      refused: await ports.examples.refusals(model, { newest: NEWEST_INPUTS, before: MESSAGES_BEFORE }),
    });
    // Broken inputs say nothing of who answers them well, and a version that is tried is there to be tried.
    const asksMemory = broken.length === 0 && trigger.version === undefined;
    const found = asksMemory ? await findEarlierVersion(ports, config, view) : null;
    const diagnosed = diagnose({
      broken,
      earlier: found?.recalled.sentence ?? null,
      before,
      now,
      newest,
      reference,
      isPriced: view.regret >= policy.price,
      isBelowObjective: trigger.kind === 'quality',
    });
    const notRecalibrated =
      diagnosed.diagnosis === 'labelShift' ? await whyNotRecalibrated(ports, config, champion) : null;
    const triage = treat({ ...diagnosed, choice: config.retrain.triage, trigger, notRecalibrated });
    if (triage.treatment !== 'reuse' || found === null) return { ...triage, recalled: null };
    await keepRecalled(ports, question.runId, found);
    return { ...triage, recalled: found.recalled };
  },
});

const rowsAtMost = ({ input }: Pick<ModelConfig, 'input'>): number =>
  imageOf(input) === null ? ROWS_AT_MOST : IMAGES_AT_MOST;

/** Labelled rows of a window, with what the champion made of them. */
async function judgedRows(
  { examples }: Pick<Ports, 'examples'>,
  { errors, tookOverAtSeq }: PolicyView,
  { name: model, task }: Pick<ModelConfig, 'name' | 'task'>,
  { fromSeq, toSeq }: Window,
): Promise<JudgedRow[]> {
  if (toSeq < fromSeq) return [];
  const rows = await examples.range(model, { fromSeq, toSeq });
  const times = await examples.predictedAt(model, { fromSeq, limit: toSeq - fromSeq + 1 });
  return rows.map(({ seq, input, label }) => ({
    input,
    // Numbers, sets and texts are no labels whose shares could shift.
    label: task.kind === 'classification' ? label : NO_LABEL,
    isError: errors[seq - tookOverAtSeq - 1] === 1,
    atMs: times.get(seq) ?? null,
  }));
}
