import type { FC } from 'hono/jsx';
import type { DriftStory } from '../../monitors/drift-story/drift-story.ts';
import type { FeatureStory } from '../../monitors/drift-story/feature-story.ts';
import { linePath, px, scaleOf } from '../charts/axis.ts';
import { Chart } from '../charts/frame.tsx';
import { rate } from '../wording.ts';
import { place, sayChange } from './drift-sentences.ts';

/** Every feature: whether it moved, since when, how far, and how. */
export const FeatureTable: FC<{ story: DriftStory }> = ({ story: { features, windows } }) => (
  <div class="scroll">
    <table class="tbl">
      <thead>
        <tr>
          <th>Feature</th>
          <th>Distance over time</th>
          <th>Moved since</th>
          <th class="num">At most</th>
          <th>In its worst stretch</th>
        </tr>
      </thead>
      <tbody>
        {features.map((feature) => (
          <tr>
            <td>
              <b>{feature.name}</b>
            </td>
            <td>
              <Line feature={feature} />
            </td>
            <td>
              {feature.since === null
                ? 'never'
                : place(windows[feature.since]!.from, windows[feature.since]!.at)}
            </td>
            <td class="num">
              {rate(feature.most.psi, 2)} <small>bound {rate(feature.bound, 2)}</small>
            </td>
            <td>{sayChange(feature.change)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const [width, height] = [220, 34];

/** Its distance, stretch by stretch, against its bound: on a scale of its own, so that small ones can be seen too. */
const Line: FC<{ feature: FeatureStory }> = ({ feature: { name, psi, bound } }) => {
  const x = scaleOf([0, Math.max(1, psi.length - 1)], [2, width - 2]);
  const y = scaleOf([0, Math.max(bound * 1.2, ...psi)], [height - 2, 2]);
  return (
    <Chart width={width} height={height} label={`Distance of ${name}`}>
      <path class="bound" d={`M0 ${px(y(bound))}H${width}`} />
      <path
        class="ln challenger"
        d={linePath(
          psi.map((value, i) => [i, value]),
          x,
          y,
          Infinity,
        )}
      />
    </Chart>
  );
};
