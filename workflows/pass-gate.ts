import { LABELS_BEFORE_FIRST_LOOK } from '../domain/say-training.ts';
import type { Verdict } from '../domain/verdict.ts';
import { scoring } from './activities.ts';
import type { Challenger, Trial } from './find-challenger.ts';
import type { RunContext } from './retrain.ts';
import { RunOver } from './run-over.ts';
import { untilLabels } from './until-labels.ts';

type Settled = {
  verdict: Exclude<Verdict, { kind: 'hold' }>;
  /** The number of the look after the last one. */
  nextLook: number;
};

/**
 * Looks at both versions on the same unseen rows, as often as new labels make it worth while, until it is settled. Where
 * the rows of an earlier look are not what they were, it goes on from the look after that.
 */
export async function passGate(
  run: RunContext,
  challenger: Pick<Challenger, 'version' | 'digest' | 'champion'> & { trial: Trial },
  fromLook = 1,
): Promise<Settled> {
  const { model, runId, settings, tell, listener } = run;
  const { version, digest, champion, trial } = challenger;
  const { cutSeq, onsetSeq, isChosenByErrors, gate } = trial;
  const untilMs = Date.now() + settings.holdAtMostMs;
  let untilSeq = cutSeq + LABELS_BEFORE_FIRST_LOOK;
  for (let look = fromLook; ; look += 1) {
    const labels = await untilLabels(run, { untilSeq, untilMs });
    const forced = await listener.endHold();
    if (forced !== null) {
      await tell('evaluating', forced.sentence, { verdict: 'promote', forced: true });
      return { verdict: forced, nextLook: look };
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
    if (verdict.kind !== 'hold') return { verdict, nextLook: look + 1 };
    untilSeq = nextLookAtSeq;
  }
}
