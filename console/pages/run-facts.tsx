import type { Child, FC } from 'hono/jsx';
import { sayKept } from '../../domain/kept.ts';
import { shortDigest } from '../dossier/say-dossier.ts';
import type { RunRecord } from '../run/run-record.ts';
import { count, lasting, percent } from '../wording.ts';
import { Section } from './parts.tsx';

/** What it learnt from, what it forgot, what it cost and where it comes from. */
export const RunFacts: FC<{ record: RunRecord }> = ({ record }) => {
  const { run, dossier } = record;
  return (
    <div class="three" id="facts-of-run" data-live>
      <Section id="data" title="Data" live={false}>
        <Pairs
          pairs={dataPairs(record)}
          otherwise={
            run.outcome === null
              ? 'No rows have been picked yet.'
              : 'Nothing was trained, so no rows were picked.'
          }
        />
      </Section>
      <Section id="forgetting" title="Forgetting" live={false}>
        <p class="say">
          {dossier.kept === null
            ? dossier.cost === null
              ? 'Measured after the training.'
              : 'Not measured: there were no golden rows of before the change.'
            : sayKept(dossier.kept)}
        </p>
        {dossier.champion === null ||
        dossier.challenger === null ||
        run.outcome?.kind !== 'promoted' ? null : (
          <p class="say">
            {`If the old world comes back, ${dossier.champion} can answer again: `}
            <code>
              driftloop version rollback {run.model} {dossier.champion}
            </code>
          </p>
        )}
      </Section>
      <Section id="cost" title="Cost and origin" live={false}>
        <Pairs pairs={costPairs(record)} otherwise="" />
      </Section>
    </div>
  );
};

type Pair = readonly [name: string, value: Child];

const Pairs: FC<{ pairs: readonly Pair[]; otherwise: string }> = ({ pairs, otherwise }) =>
  pairs.length === 0 ? (
    <p class="say">{otherwise}</p>
  ) : (
    <dl class="pairs">
      {pairs.map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
  );

function dataPairs({ cut, dossier }: RunRecord): Pair[] {
  const rows = cut?.rows ?? dossier.learntFrom;
  if (!rows) return [];
  const left = (cut?.apart?.left.golden ?? 0) + (cut?.apart?.left.heldOut ?? 0);
  return [
    [
      'Train',
      rows.rehearsal === 0
        ? `${count(rows.train)} of the newest`
        : `${count(rows.train)} after the change, ${count(rows.rehearsal)} before`,
    ],
    ['Validation', `${count(rows.validation)}, the newest of them`],
    ...(dossier.testRows === null
      ? []
      : [['Test', `${count(dossier.testRows)}, held out or arrived later`] satisfies Pair]),
    ...(!cut?.rehearsalShare
      ? []
      : [['Of before', `${percent(cut.rehearsalShare)} of what it learns from`] satisfies Pair]),
    ...(left === 0 ? [] : [['Left out', `${count(left)} that say what a test row says`] satisfies Pair]),
    ...(cut?.id === undefined ? [] : [['Snapshot', <code>{cut.id.slice(0, 13)}</code>] satisfies Pair]),
  ];
}

function costPairs({ run, dossier, look }: RunRecord): Pair[] {
  const { cost, asked, approval } = dossier;
  const { test, report } = approval.boundTo;
  return [
    ...(cost === null
      ? [['Training', 'none so far'] satisfies Pair]
      : [
          [
            'Training',
            `${lasting(cost.seconds * 1_000)}${cost.backend === null ? '' : ` on ${cost.backend}`}`,
          ] satisfies Pair,
        ]),
    ...(cost?.peakMemoryMb ? [['Memory', `${count(cost.peakMemoryMb)} MB at most`] satisfies Pair] : []),
    ...(look === null ? [] : [['Looks', `${count(look.look)} at held-out rows`] satisfies Pair]),
    ['Config', <code>{shortDigest(run.configDigest)}</code>],
    ...(test === null ? [] : [['Test set', <code>{shortDigest(test)}</code>] satisfies Pair]),
    ...(report === null ? [] : [['Report', <code>{shortDigest(report)}</code>] satisfies Pair]),
    ...(look === null && asked === null
      ? []
      : [['Verify', <code>driftloop verify {run.id.slice(0, 8)}…</code>] satisfies Pair]),
  ];
}
