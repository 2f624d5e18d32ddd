import { defaultPolicy, type RegretPolicy } from '../../domain/policy/regret-policy.ts';
import { estimateOnset, type Onset } from '../../monitors/onset.ts';
import { memoryWindow, pickEarlierVersion } from '../../monitors/policy/earlier-version.ts';
import { onsetSeqOf, planTraining } from '../../monitors/policy/plan-training.ts';
import { planRefit, type PlannedRefit } from '../../monitors/policy/refit.ts';
import { observeAll, referenceOf, restore, start, type Regret } from '../../monitors/regret.ts';
import { judgeChallenger } from '../gate/judge-challenger.ts';
import { discordance, type Contender } from './contender.ts';
import type { Journal } from './journal.ts';
import type { Look, PromotedBy, ReplayPolicy, Trigger } from './stream.ts';

type Challenger<Model> = { contender: Contender<Model>; cutSeq: number; onsetSeq: number };

/** What the policy remembers between two looks. `seq` s is row s − 1 of the stream. */
class RegretReplay<Model> {
  readonly journal: Journal<Model>;
  readonly policy: RegretPolicy;
  private readonly trigger: Trigger | null;
  private watch: ReturnType<Trigger['begin']> | null;
  /** A drift that the trigger has found since this champion took over. */
  private hasDrifted = false;
  private regret: Regret = start();
  private tookOverAtSeq: number;
  private observedSeq: number;
  private challengers: Challenger<Model>[] = [];
  /** Every version that was champion before, with the reference that it had then. */
  private readonly references = new Map<Contender<Model>, number | null>();
  private plannedRefit: PlannedRefit | null = null;
  private lastTrainingAtSeq: number | null = null;
  private lastWasDropped = false;

  constructor(journal: Journal<Model>, policy: RegretPolicy, trigger: Trigger | null) {
    this.journal = journal;
    this.policy = policy;
    this.trigger = trigger;
    this.watch = trigger?.begin() ?? null;
    this.tookOverAtSeq = journal.stream.firstRows;
    this.observedSeq = journal.stream.firstRows;
  }

  async monitor({ labelled }: Look): Promise<void> {
    const errors = await this.journal.champion.errors(this.observedSeq, labelled);
    this.regret = observeAll(this.regret, errors, this.policy);
    if (this.watch?.(errors) === true) this.hasDrifted = true;
    this.observedSeq = labelled;
  }

  async gate(look: Look): Promise<void> {
    for (const challenger of this.challengers) {
      if (!this.challengers.includes(challenger)) continue; // dropped by the promotion of a newer one
      const { contender, cutSeq, onsetSeq } = challenger;
      const fresh = { from: cutSeq, to: look.labelled };
      const seen = await discordance(contender, this.journal.champion, fresh);
      const verdict = judgeChallenger({ ...seen, kind: 'patient' }, this.policy);
      const isWaiting = verdict.kind === 'hold' && seen.rows < this.policy.patience;
      if (isWaiting) continue;
      this.challengers = this.challengers.filter((other) => other !== challenger);
      if (verdict.kind === 'promote') {
        await this.promote(look, contender, verdict.by);
        this.plannedRefit = planRefit({ onsetSeq, trainedAtSeq: cutSeq }, this.policy);
      } else if (verdict.kind === 'hold') {
        // It is right and wrong where the champion is: a loop waits for `holdAtMost`, and nothing comes of it.
        this.journal.reject(look, contender, 'expired');
      } else {
        this.journal.reject(look, contender, verdict.by);
        this.lastWasDropped = verdict.by === 'patience';
      }
    }
  }

  async reactToRegret(look: Look): Promise<void> {
    const { labelled } = look;
    const { price } = this.policy;
    const isTooMuch = this.watch === null ? this.regret.regret >= price : this.hasDrifted;
    const errors = isTooMuch ? await this.journal.champion.errors(this.tookOverAtSeq, labelled) : [];
    const onset = estimateOnset(errors);
    if (isTooMuch && (await this.reuse(look, onset))) return;
    const plan = planTraining(
      {
        labelled,
        tookOverAtSeq: this.tookOverAtSeq,
        lastTrainingAtSeq: this.lastTrainingAtSeq,
        lastWasDropped: this.lastWasDropped,
        // With a trigger its drift is the whole reason, whatever the errors have cost.
        regret: this.watch === null ? this.regret.regret : isTooMuch ? price : 0,
        onset,
        plannedRefit: this.plannedRefit,
      },
      this.policy,
    );
    if (plan.kind !== 'train') return;
    const window = { from: plan.fromSeq - 1, to: plan.toSeq };
    const contender = await this.journal.train(look, window, plan.reason);
    this.challengers.push({ contender, cutSeq: labelled, onsetSeq: plan.onsetSeq });
    if (plan.reason === 'growth') this.plannedRefit = null;
    this.lastTrainingAtSeq = labelled;
    this.lastWasDropped = false;
  }

  /** Concept memory: back to an earlier champion, if one fits. */
  private async reuse(look: Look, onset: Onset | null): Promise<boolean> {
    const { champion } = this.journal;
    const { labelled } = look;
    const onsetSeq = onsetSeqOf(onset ?? { index: 0 }, this.tookOverAtSeq);
    const { fromSeq, toSeq } = memoryWindow({ labelled, onsetSeq }, this.policy);
    const earlier = [...this.references.keys()].filter((contender) => contender !== champion);
    const rivals = [];
    for (const contender of earlier) {
      const seen = await discordance(contender, champion, { from: fromSeq - 1, to: toSeq });
      rivals.push({ version: `v${contender.version}`, ...seen });
    }
    const picked = pickEarlierVersion(rivals, this.policy);
    const contender = earlier.find(({ version }) => `v${version}` === picked?.version);
    if (contender === undefined) return false;
    await this.promote(look, contender, 'memory');
    return true;
  }

  private async promote(look: Look, next: Contender<Model>, by: PromotedBy): Promise<void> {
    const { champion } = this.journal;
    this.references.set(champion, this.regret.reference ?? this.references.get(champion) ?? null);
    await this.journal.promote(look, next, by);
    const own = this.references.get(next) ?? null;
    this.regret = own === null ? start(referenceOf(this.regret)) : restore(own);
    this.watch = this.trigger?.begin() ?? null;
    this.hasDrifted = false;
    this.tookOverAtSeq = look.labelled;
    this.plannedRefit = null;
    this.challengers = this.challengers.filter(({ contender }) => contender.version > next.version);
  }
}

/** The regret policy, or the same with another trigger: monitor, gate, memory, training; one look after the other. */
export async function replayRegret<Model>(
  journal: Journal<Model>,
  { constants = {}, trigger }: Omit<Extract<ReplayPolicy, { kind: 'regret' }>, 'kind'> = {},
): Promise<void> {
  const policy = new RegretReplay(journal, { ...defaultPolicy, ...constants }, trigger ?? null);
  for (const look of journal.looks()) {
    await policy.monitor(look);
    await policy.gate(look);
    await policy.reactToRegret(look);
    await journal.answer(look);
  }
}
