import type { Picture } from './tell.ts';

/** A chart as an SVG file that a README shows: it follows the reader's light or dark. */
export function draw({ title, sentence, bars, groups }: Picture): string {
  const [width, left, top, height] = [720, 56, 84, 200];
  const groupWidth = (width - left - 24) / groups.length;
  const barWidth = Math.min(64, (groupWidth - 40) / bars.length);
  const bottom = top + height;
  const y = (share: number) => bottom - share * height;
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line class="grid" x1="${left}" x2="${width - 24}" y1="${y(share)}" y2="${y(share)}"/><text class="quiet" x="${left - 10}" y="${y(share) + 4}" text-anchor="end">${share * 100} %</text>`,
  );
  const columns = groups.flatMap(({ name, shares }, g) => {
    const middle = left + groupWidth * (g + 0.5);
    const from = middle - (barWidth * bars.length) / 2;
    return [
      `<text x="${middle}" y="${bottom + 22}" text-anchor="middle">${escape(name)}</text>`,
      ...shares.map((share, i) => {
        if (share === null) return '';
        const x = from + i * barWidth;
        return `<rect class="bar${i}" x="${x + 3}" y="${y(share)}" width="${barWidth - 6}" height="${Math.max(1, share * height)}" rx="2"/><text class="figure" x="${x + barWidth / 2}" y="${y(share) - 6}" text-anchor="middle">${figure(share)}</text>`;
      }),
    ];
  });
  let at = left;
  const legend = bars.map((name, i) => {
    if (name === '') return '';
    const x = at;
    at += 30 + name.length * 7.4;
    return `<rect class="bar${i}" x="${x}" y="${bottom + 42}" width="12" height="12" rx="2"/><text x="${x + 18}" y="${bottom + 52}">${escape(name)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 72}" role="img" aria-label="${escape(`${title}. ${sentence}`)}">`,
    `<style>${style}</style>`,
    `<rect class="page" width="100%" height="100%" rx="8"/>`,
    `<text class="title" x="24" y="36">${escape(title)}</text>`,
    `<text class="quiet" x="24" y="58">${escape(sentence)}</text>`,
    ...grid,
    ...columns,
    ...legend,
    '</svg>',
    '',
  ].join('\n');
}

const style = `
text { font: 13px ui-sans-serif, system-ui, sans-serif; fill: #1f2328; }
.title { font-size: 17px; font-weight: 600; }
.quiet { fill: #59636e; font-size: 12px; }
.figure { font-size: 12px; font-variant-numeric: tabular-nums; }
.page { fill: #ffffff; }
.grid { stroke: #d1d9e0; }
.bar0 { fill: #8c959f; } .bar1 { fill: #bc4c00; } .bar2 { fill: #0969da; }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc; } .quiet { fill: #9198a1; } .page { fill: #0d1117; } .grid { stroke: #3d444d; }
  .bar0 { fill: #6e7681; } .bar1 { fill: #db6d28; } .bar2 { fill: #388bfd; }
}
`;

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const figure = (share: number): string => (share === 1 ? '1' : share.toFixed(2).replace(/^0/, ''));
