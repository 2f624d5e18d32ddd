import type { Verdict } from '../domain/verdict.ts';
import { scoring } from './activities.ts';
import type { Challenger, Trial } from './find-challenger.ts';
import type { RunContext } from './retrain.ts';
import { RunOver } from './run-over.ts';
import { untilLabels } from './until-labels.ts';

type Settled = Exclude<Verdict, { kind: 'hold' }>;

/** New labels before the first look: with fewer nothing could be said. */
const LABELS_BEFORE_FIRST_LOOK = 25;

/** Looks at both versions on the same unseen rows, as often as new labels make it worth while, until it is settled. */
export async function passGate(run: RunContext, challenger: Challenger & { trial: Trial }): Promise<Settled> {
  const { model, runId, settings, tell, listener } = run;
  const { version, digest, champion, trial } = challenger;
  const { cutSeq, onsetSeq, isChosenByErrors, gate } = trial;
  const untilMs = Date.now() + settings.holdAtMostMs;
  let untilSeq = cutSeq + LABELS_BEFORE_FIRST_LOOK;
  for (let look = 1; ; look += 1) {
    const labels = await untilLabels(run, { untilSeq, untilMs });
    const forced = await listener.endHold();
    if (forced !== null) {
      await tell('evaluating', forced.sentence, { verdict: 'promote', forced: true });
      return forced;
    }
    if (labels === 'superseded') throw RunOver.superseded(listener, version);
    const { verdict, rows, nextLookAtSeq } = await scoring.evaluateChallenger({
      runId,
      model,
      configDigest: settings.configDigest,
      challenger: { version, digest },
      champion,
      look,
      cutSeq,
      onsetSeq,
      isChosenByErrors,
      gate,
      isExpired: labels === 'expired',
    });
    // Held before it is told: whoever reads it can force it.
    if (verdict.kind === 'hold') listener.hold();
    const phase = verdict.kind === 'hold' ? 'holding' : 'evaluating';
    await tell(phase, verdict.sentence, {
      look,
      rows,
      verdict: verdict.kind,
      ...('code' in verdict ? { code: verdict.code } : {}),
    });
    if (verdict.kind !== 'hold') return verdict;
    untilSeq = nextLookAtSeq;
  }
}
