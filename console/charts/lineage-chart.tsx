import type { FC } from 'hono/jsx';
import { Glyph } from '../pages/icons.tsx';
import type { LineageRow, Station } from '../versions/lineage.ts';
import { stations } from '../versions/lineage.ts';
import { px } from './axis.ts';
import { layouts } from './plot.ts';
import type { Layout } from './plot.ts';

const top = 34;
const rowHeight = 52;

/** Each version a line from data to traffic, as far as it came; a curve leads from the version that it began after. */
export const LineageChart: FC<{ rows: readonly LineageRow[]; layout: Layout; label: string }> = (props) => {
  const { rows, layout, label } = props;
  const { width } = layouts[layout];
  const isNarrow = layout === 'narrow';
  const [left, end] = [isNarrow ? 26 : 60, width - (isNarrow ? 26 : 70)];
  const x = (at: Station) => left + (stations.indexOf(at) * (end - left)) / (stations.length - 1);
  const y = (i: number) => top + i * rowHeight + 14;
  const indexOf = new Map(rows.map(({ version }, i) => [version.version, i]));
  return (
    <svg viewBox={`0 0 ${width} ${top + rows.length * rowHeight}`} role="img" aria-label={label}>
      {stations.map((at) => (
        <text class="c m" x={px(x(at))} y="14">
          {at}
        </text>
      ))}
      {rows.map(({ version, steps }, i) => {
        const from = version.parent === null ? undefined : indexOf.get(version.parent);
        const isChampion = version.role === 'champion';
        return (
          <>
            {from === undefined ? null : (
              <path class="lineage-parent" d={curve([x('Version'), y(from)], [x('Training'), y(i)])} />
            )}
            <path
              class={`ln ${isChampion ? 'champion' : version.role === 'challenger' ? 'challenger' : 'reference'}`}
              d={`M${px(x('Data'))} ${px(y(i))}H${px(x(steps.at(-1)!.at))}`}
            />
          </>
        );
      })}
      {rows.map(({ version, steps }, i) =>
        steps.map(({ at, mark, says }) => (
          <>
            <circle class="lineage-paper" cx={px(x(at))} cy={px(y(i))} r={10} />
            <g transform={`translate(${px(x(at) - 8)} ${px(y(i) - 8)})`}>
              <title>{`${version.version}: ${at}, ${says}`}</title>
              <Glyph name={at === 'Version' ? 'versions' : mark.icon} size={16} tone={mark.tone} />
            </g>
            {isNarrow && at !== 'Version' ? null : (
              <text class={`c ${at === 'Version' ? 'k' : ''}`} x={px(x(at))} y={px(y(i) + 24)}>
                {says}
              </text>
            )}
          </>
        )),
      )}
    </svg>
  );
};

const curve = ([x1, y1]: [number, number], [x2, y2]: [number, number]): string =>
  `M${px(x1)} ${px(y1)}C${px(x1 - 40)} ${px(y1)} ${px(x2 + 40)} ${px(y2)} ${px(x2)} ${px(y2)}`;
