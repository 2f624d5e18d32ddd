import cronstrue from 'cronstrue';
import type { FC } from 'hono/jsx';
import { BandChart, NoBand } from '../charts/band-chart.tsx';
import type { BandPoint } from '../charts/band-chart.tsx';
import { LineEntry } from '../charts/legend.tsx';
import { TrafficChart } from '../charts/traffic-chart.tsx';
import { isSameStage } from '../../domain/rollout.ts';
import type { Check, RolloutLook } from '../../domain/rollout.ts';
import type { RolloutView, ShownRollout } from '../rollout/rollout-view.ts';
import {
  checkName,
  judgementMarks,
  moment,
  points,
  sayBand,
  sayCourse,
  stageName,
} from '../rollout/say-rollout.ts';
import type { Mark } from '../run-state.ts';
import type { Clock } from '../times.ts';
import { capital, count, counted, sentence } from '../wording.ts';
import { I, State } from './icons.tsx';
import { Note, Section, Table, Time } from './parts.tsx';

type Shown = { shown: ShownRollout; clock: Clock };

/** Who answered what, when, and what every look said. */
export const Traffic: FC<Shown> = ({ shown, clock }) => {
  const label = sayCourse(shown, clock);
  return (
    <Section
      id="traffic"
      title="Traffic and judgements"
      aside={
        <p class="legend">
          <LineEntry line="ln champion">{shown.over}</LineEntry>
          <LineEntry line="ln challenger">{shown.version}</LineEntry>
        </p>
      }
    >
      <Hatch />
      <figure>
        {(['wide', 'middle', 'narrow'] as const).map((layout) => (
          <div class={`at-${layout}`}>
            <TrafficChart shown={shown} layout={layout} clock={clock} label={label} />
          </div>
        ))}
        <figcaption class="legend">
          {(
            [
              ['successful', 'successful'],
              ['inconclusive', 'inconclusive: it stays, and says what is missing'],
              ['failed', `failed: back to ${shown.over} at once`],
              ['error', 'could not be judged'],
            ] as const
          ).map(([kind, word]) => (
            <span>
              <span class={`st ${judgementMarks[kind].tone}`}>
                <I name={judgementMarks[kind].icon} />
              </span>
              {word}
            </span>
          ))}
          {shown.isOpen ? (
            <span>
              <span class="st unknown">
                <I name="planned" />
              </span>
              planned
            </span>
          ) : null}
        </figcaption>
      </figure>
    </Section>
  );
};

/** Patterns that the charts of this page fill with. */
const Hatch: FC = () => (
  <svg width="0" height="0" class="patterns" aria-hidden="true">
    <defs>
      <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <path class="hatch-ink" d="M0 0V5" />
      </pattern>
      <pattern id="hatch-c" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <path class="hatch-challenger" d="M0 0V6" />
      </pattern>
    </defs>
  </svg>
);

/** The looks of the newest phase: their counts grow, so that a band over them narrows. */
const newestPhase = (looks: readonly RolloutLook[]): RolloutLook[] => {
  const last = looks.at(-1);
  return last === undefined
    ? []
    : looks.slice(looks.findLastIndex(({ stage }) => !isSameStage(stage, last.stage)) + 1);
};

/** What every look at a rollout compares, so that there is room for it before it has. */
const compared = ['errors', 'latency', 'invalid answers'];
const looked = ['sample ratio', ...compared, 'quality'];

/** Those that have been judged, and while it goes on an empty place for each that will be. */
function withPlaces<T>(
  names: readonly string[],
  seen: ReadonlyMap<string, T>,
  isOpen: boolean,
): [string, T | null][] {
  const first = isOpen ? names.map((name): [string, T | null] => [name, seen.get(name) ?? null]) : [];
  return [...first, ...[...seen].filter(([name]) => !isOpen || !names.includes(name))];
}

const byName = (checks: readonly Check[]) => new Map(checks.map((check) => [check.check, check]));

/** Each comparison as a band that narrows, against what it may be worse by. */
export const Bands: FC<Shown> = ({ shown, clock }) => {
  const looks = newestPhase(shown.looks);
  const newest = looks.findLast(({ checks }) => checks.length > 0);
  const judged = (newest?.checks ?? []).filter(
    ({ band, check, dryRun }) =>
      (band?.challenger.trials ?? 0) > 0 && !(check === 'quality' && dryRun === true),
  );
  const stage = newest?.stage;
  const last = looks.at(-1)?.judgement;
  const broken = last?.kind === 'error' ? last.sentence : undefined;
  const places = withPlaces(compared, byName(judged), shown.isOpen);
  return (
    <Section
      id="bands"
      title="What the judgement sees"
      say={
        judged.length === 0 ? (
          shown.isOpen ? (
            `Nothing has been counted in this phase yet. ${broken ?? 'The first look shows how far the challenger may lie from the champion.'}`
          ) : undefined
        ) : (
          <>
            {`${shown.version} minus ${shown.over} since ${stageName(stage!).toLowerCase()} began, in points of a hundred; up is worse. The band is where the truth may lie; it may be looked at as often as one likes. `}
            <b>A check passes when its band ends below the hatched side.</b>
          </>
        )
      }
    >
      {places.length === 0 ? (
        <Note icon="unknown" answer="Nothing was counted in its last phase.">
          {broken}
        </Note>
      ) : (
        <div class="bands">
          {places.map(([name, check]) =>
            check === null ? <Place name={name} /> : <Figure check={check} looks={looks} clock={clock} />,
          )}
        </div>
      )}
    </Section>
  );
};

const Place: FC<{ name: string }> = ({ name }) => (
  <figure>
    <div class="figure-head">
      <h3>{checkName(name)}</h3>
      <State mark={{ icon: 'planned', tone: 'unknown', word: 'Not looked at yet' }} />
    </div>
    <NoBand label={`${checkName(name)}: nothing is counted yet.`} />
    <p class="say" />
  </figure>
);

const Figure: FC<{ check: Check; looks: readonly RolloutLook[]; clock: Clock }> = ({
  check,
  looks,
  clock,
}) => {
  const { check: name, band } = check;
  const course = looks.flatMap(({ at, checks }): BandPoint[] => {
    const seen = checks.find((one) => one.check === name)?.band;
    return seen === undefined || seen.challenger.trials === 0 ? [] : [{ at: Date.parse(at), band: seen }];
  });
  const said = sayBand(name, band!);
  return (
    <figure>
      <div class="figure-head">
        <h3>{checkName(name)}</h3>
        <State mark={markCheck(check)} />
      </div>
      <BandChart
        points={course}
        clock={clock}
        label={`${checkName(name)}: ${said}; the bound is ${points(band!.bound)} points.`}
      />
      <p class="say">{said}.</p>
    </figure>
  );
};

/** What a check says, in a word; one that waits says for what. */
function markCheck({ kind, band, check, dryRun }: Check): Mark {
  if (dryRun === true) return { icon: 'unknown', tone: 'unknown', word: 'Reported only' };
  if (kind === 'inconclusive' && typeof band?.missing === 'number' && band.missing > 0)
    return {
      ...judgementMarks.inconclusive,
      word: `${count(band.missing)} more ${check === 'quality' ? 'labels' : 'requests'}`,
    };
  return judgementMarks[kind];
}

/** How many of its checks say what the whole says. */
function saySeen({ judgement, checks }: Pick<RolloutLook, 'judgement' | 'checks'>): string {
  if (checks.length === 0) return judgement.sentence;
  const word = judgementMarks[judgement.kind].word.toLowerCase();
  const such = checks.filter(({ kind }) => kind === judgement.kind).length;
  return such === 0 || such === checks.length || judgement.kind !== 'inconclusive'
    ? `${word}, by ${counted(checks.length, 'check')}.`
    : `${count(such)} of ${counted(checks.length, 'check')} ${such === 1 ? 'is' : 'are'} ${word}.`;
}

/** Every check of the newest look with its sentence: what `driftloop rollout show` prints. */
export const Checks: FC<Shown> = ({ shown, clock }) => {
  const seen = shown.standing?.seen ?? shown.looks.at(-1) ?? null;
  const rows = withPlaces(looked, byName(seen?.checks ?? []), shown.isOpen);
  if (seen === null && rows.length === 0) return <section id="checks" data-live />;
  return (
    <Section
      id="checks"
      title="What the newest judgement says"
      say={seen === null ? 'It has not been looked at yet.' : `${moment(seen.at, clock)}: ${saySeen(seen)}`}
    >
      {rows.length === 0 ? null : (
        <Table class="tbl cards checks" heads={['Check', 'Says', 'Why']}>
          {rows.map(([name, check]) => (
            <tr>
              <th scope="row">{checkName(name)}</th>
              <td class="nowrap">
                {check === null ? (
                  <State mark={{ icon: 'planned', tone: 'unknown', word: 'Not looked at' }} />
                ) : (
                  <State mark={{ ...judgementMarks[check.kind] }} />
                )}
                {check?.dryRun === true ? <small>decides nothing here</small> : null}
              </td>
              <td class="full">{check === null ? '' : sentence(capital(check.sentence))}</td>
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
};

/** Quality by phase: it is decided in the shadow and in the bake. */
export const Quality: FC<Shown> = ({ shown, clock }) => {
  const { phases, planned, looks } = shown;
  const bake = planned.slice(1).find(({ stage }) => stage.phase === 'bake');
  return (
    <Section
      id="quality"
      title="Quality"
      say="By labels that came meanwhile, each row scored by both. It has to be shown in the shadow and in the bake; in a canary it can only withdraw."
    >
      <Table class="tbl cards" heads={['Where', { num: 'Better by' }, { num: 'Labels' }, 'Verdict']}>
        {phases.map(({ stage, from, to }) => {
          const check = looks
            .findLast((look) => isSameStage(look.stage, stage))
            ?.checks.find((one) => one.check === 'quality');
          const band = check?.band;
          return (
            <tr>
              <th scope="row">
                {stageName(stage)}
                <small>
                  {moment(from, clock)} to {to >= clock.now ? 'now' : moment(to, clock)}
                </small>
              </th>
              <td class="num" data-l="better by">
                {band === undefined || band.challenger.trials === 0 ? (
                  '–'
                ) : (
                  <>
                    {points((band.champion.events - band.challenger.events) / band.challenger.trials)}{' '}
                    <small class="nowrap">
                      [{points(-band.high)}, {points(-band.low)}]
                    </small>
                  </>
                )}
              </td>
              <td class="num" data-l="labels">
                {band === undefined ? '–' : count(band.challenger.trials)}
              </td>
              <td data-l="verdict">
                <State
                  mark={
                    check === undefined
                      ? { icon: 'unknown', tone: 'unknown', word: 'No labels looked at' }
                      : check.dryRun === true && check.kind === 'inconclusive'
                        ? { icon: 'unknown', tone: 'unknown', word: 'Reported only' }
                        : markCheck({ ...check, dryRun: false })
                  }
                />
              </td>
            </tr>
          );
        })}
        {bake === undefined ? null : (
          <tr>
            <th scope="row">
              Bake<small>from {moment(bake.from, clock)}</small>
            </th>
            <td class="num" data-l="better by">
              –
            </td>
            <td class="num" data-l="labels">
              –
            </td>
            <td data-l="verdict">
              <State mark={{ icon: 'planned', tone: 'unknown', word: 'Planned' }} />
            </td>
          </tr>
        )}
      </Table>
    </Section>
  );
};

const wordMarks: Readonly<Record<string, Mark>> = {
  ...judgementMarks,
  pause: { icon: 'paused', tone: 'plain', word: 'Paused' },
  resume: { icon: 'running', tone: 'plain', word: 'Resumed' },
  skip: { icon: 'person', tone: 'you', word: 'Skipped' },
  abort: { icon: 'back', tone: 'bad', word: 'Aborted' },
};

/** What changed it, newest first. */
export const Judgements: FC<Shown & { model: string }> = ({ shown, model, clock }) => (
  <Section
    id="judgements"
    title="What changed it"
    aside={
      <a class="muted small" href={`/api/models/${model}/rollout?run=${encodeURIComponent(shown.runId)}`}>
        evidence as JSON
      </a>
    }
  >
    {shown.told.length === 0 ? (
      <Note icon="planned" answer="Nothing has changed yet.">
        Each judgement that moves or holds it is written here, and each word of a person.
      </Note>
    ) : (
      <ul class="feed">
        {shown.told.toReversed().map(({ at, sentence: said, says }) => {
          const mark = wordMarks[says ?? ''] ?? { icon: 'rollout', tone: 'plain', word: 'Moved' };
          return (
            <li>
              <Time at={at} clock={clock} />
              <span class={`st ${mark.tone}`}>
                <I name={mark.icon} />
                <span class="sr">{mark.word}</span>
              </span>
              <span>{said}</span>
            </li>
          );
        })}
      </ul>
    )}
  </Section>
);

/** Rollouts that are over. */
export const Past: FC<{ view: RolloutView; clock: Clock }> = ({ view: { past, model, shown }, clock }) => {
  const others = past.filter(({ runId }) => runId !== shown?.runId).slice(0, 12);
  return (
    <Section id="past" title="Past rollouts">
      {others.length === 0 ? (
        <Note icon="rollout" answer="None before.">
          Every rollout stays here, with what each judgement saw.
        </Note>
      ) : (
        <ul class="feed">
          {others.map(({ runId, version, kind, sentence: said, endedAt }) => (
            <li>
              <Time at={endedAt} clock={clock} />
              <span class={`st ${kind === 'promoted' ? 'ok' : 'bad'}`}>
                <I name={kind === 'promoted' ? 'ok' : 'rejected'} />
                <span class="sr">{kind === 'promoted' ? 'Promoted' : 'Withdrawn'}</span>
              </span>
              <span>
                <a href={`/models/${model}/rollout?run=${encodeURIComponent(runId)}`} data-row>
                  {version}
                </a>{' '}
                {sentence(capital(said))}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
};

/** When nothing moves forward. */
export const Freezes: FC<{ view: RolloutView }> = ({ view: { freezes, frozen } }) => (
  <Section id="freezes" title="Freeze windows" {...(frozen === null ? {} : { say: frozen })}>
    {freezes.length === 0 ? (
      <p class="say">
        None is set: a rollout moves at any hour. <code>rollout.freeze</code> in the config names hours or
        days in which nothing moves forward.
      </p>
    ) : (
      <ul class="feed">
        {freezes.map((freeze) => (
          <li class="plain">
            <span>{sayFreeze(freeze)}</span>
          </li>
        ))}
      </ul>
    )}
  </Section>
);

const sayFreeze = ({ cron, duration, from, to, because }: RolloutView['freezes'][number]): string => {
  const when = cron === undefined ? `From ${from} to ${to} (UTC)` : `${sayCron(cron)} (UTC), for ${duration}`;
  return `${when}${because === undefined ? '' : `: ${because}`}.`;
};

/** `At 16:00, only on Friday`. */
const sayCron = (cron: string): string => cronstrue.toString(cron, { use24HourTimeFormat: true });
